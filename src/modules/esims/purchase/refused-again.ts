/**
 * SQL: false while a purchase that waited for our money or credentials is left alone, since a supplier that looked well
 * has refused it for that reason again. It is asked at once when it looks cured for the first time; after that five
 * minutes later, ten, twenty and so on, up to eleven hours, since balance and answer may contradict each other for good.
 * `attempts`: on `r`, the purchase's attempts at that supplier.
 */
export const mayBeAskedAgain = (attempts: string): string => `not exists (
         select from provisioning_attempts r where ${attempts} and r.status = 'refused' and r.reason in ('no_funds', 'auth')
         having count(*) > 1
           and max(r.decided_at) + interval '5 minutes' * 2 ^ (least(count(*), 9) - 2) > now())`;
