drop view plan_offers;
drop table plan_prices;
drop table plan_countries;
drop table plans;
drop table carriers;
drop table countries;
