drop table refused_notices;
drop table care_notices;
