drop table supplier_hours;
