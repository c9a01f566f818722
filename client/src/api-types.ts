// Made from openapi.json by npm run openapi.
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is this process alive? */
        get: operations["checkLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can this process serve? */
        get: operations["checkHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can this process serve? */
        get: operations["checkReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/mails/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a mail again
         * @description Writes a new mail about the same, as things are now, with an audit row. 409 says why there is none to send: the account was deleted or is disabled, the money went back, a login code was mailed or has expired.
         */
        post: operations["resendMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/countries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Countries by name */
        get: operations["listCountries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Plans on sale, cheapest first
         * @description Lists the plans that have a price in the currency. An unknown country has none.
         */
        get: operations["listPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One plan
         * @description Priced in the currency or, when the plan has no such price, in one that it has.
         */
        get: operations["getPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The cheapest plans or sets of plans for a trip
         * @description Every option works in all the countries, and each of its plans lasts all the days and holds all the data by itself, so that it does not matter where the data is used. At most eleven options: the ten cheapest and the cheapest single plan.
         */
        get: operations["findTrips"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/device/compatibility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a phone can use an eSIM, as far as its user agent tells */
        get: operations["checkDevice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/device/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which phones can use an eSIM, by model */
        get: operations["listDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/countries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Countries */
        get: operations["listAdminCountries"];
        put?: never;
        /** Add a country */
        post: operations["addCountry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/countries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One country */
        get: operations["getCountry"];
        /** Replace a country */
        put: operations["replaceCountry"];
        post?: never;
        /** Delete a country that no plan refers to */
        delete: operations["deleteCountry"];
        options?: never;
        head?: never;
        /** Change a country */
        patch: operations["changeCountry"];
        trace?: never;
    };
    "/admin/carriers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Carriers */
        get: operations["listCarriers"];
        put?: never;
        /** Add a carrier */
        post: operations["addCarrier"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/carriers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One carrier */
        get: operations["getCarrier"];
        /** Replace a carrier */
        put: operations["replaceCarrier"];
        post?: never;
        /** Delete a carrier that no plan refers to */
        delete: operations["deleteCarrier"];
        options?: never;
        head?: never;
        /** Change a carrier */
        patch: operations["changeCarrier"];
        trace?: never;
    };
    "/admin/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Plans, on sale or not */
        get: operations["listAdminPlans"];
        put?: never;
        /** Add a plan */
        post: operations["addPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One plan */
        get: operations["getAdminPlan"];
        /** Replace a plan; with less than a whole plan, change what is named */
        put: operations["replacePlan"];
        post?: never;
        /** Delete a plan that nobody ordered */
        delete: operations["deletePlan"];
        options?: never;
        head?: never;
        /** Change a plan, or pause it (paused_reason) and put it on sale again (null) */
        patch: operations["changePlan"];
        trace?: never;
    };
    "/admin/plans/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import plans from CSV
         * @description Body text/csv of any make. Columns sku, name, carrier, data_gb (a number or unlimited), duration_days, country or region and countries, price_USD and other currencies, description, paused_reason. Plans are found by sku. Rows with mistakes are refused one by one and reported; the others are imported.
         */
        post: operations["importPlans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plans/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All plans as CSV, in the form that the import reads */
        get: operations["exportPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/countries/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import countries from CSV
         * @description Body text/csv of any make. Columns iso2, iso3, name. Countries are found by iso2. Rows with mistakes are refused one by one and reported; the others are imported.
         */
        post: operations["importCountries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/countries/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All countries as CSV, in the form that the import reads */
        get: operations["exportCountries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/carriers/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import carriers from CSV
         * @description Body text/csv of any make. Column name. Carriers are found by it, in upper or lower case. Rows with mistakes are refused one by one and reported; the others are imported.
         */
        post: operations["importCarriers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/carriers/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All carriers as CSV, in the form that the import reads */
        get: operations["exportCarriers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/request-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mail a sign-in code
         * @description The answer is the same whether the address is known, unknown or disabled.
         */
        post: operations["requestCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/verify-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trade a code for a session
         * @description Every way of being wrong gives the same 400 `invalid_code`. A text that is not digits of the right number is one of them.
         */
        post: operations["verifyCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /auth/verify-code
         * @description Every way of being wrong gives the same 400 `invalid_code`. A text that is not digits of the right number is one of them.
         */
        post: operations["verifyCodeByOldName"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trade a refresh token for a new pair
         * @description Takes the cookie or the body. For 10 s the same token gives the same child; later it ends the session.
         */
        post: operations["refreshSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End this session, or all of them
         * @description Ends the session that the cookie, the Bearer, the refresh cookie or `refresh_token` names; an access token that has expired names it too. Answers 200 without a session too, so that a client can always forget what it holds.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["getMe"];
        put?: never;
        post?: never;
        /**
         * Delete the account
         * @description Address and name are erased and every session ends; orders and payments stay, without a person. Unpaid orders end. 409 deletion_waits: something that was paid has not reached the person yet; the detail says what. 409 last_owner: the shop would have no owner any more.
         */
        delete: operations["deleteMe"];
        options?: never;
        head?: never;
        /** Change the name */
        patch: operations["changeMe"];
        trace?: never;
    };
    "/auth/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that is held about the person */
        get: operations["exportMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The person's live sessions, last used first */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one session */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/rate-limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is limited now, by which limit, since and until when */
        get: operations["listRateLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/rate-limits/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The busiest client addresses of the last day */
        get: operations["listBusiestAddresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/rate-limits/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift one limit of one subject
         * @description Name it as the list does: `email` and `ip_address` as they stand there.
         */
        post: operations["liftRateLimit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Disable a user: every session ends, codes open none */
        post: operations["disableUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a disabled user sign in again */
        post: operations["enableUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/logins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A user's logins of the last 90 days, newest first */
        get: operations["listLogins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that is held about a person, for the person; who asked for it, and why, is audited */
        get: operations["exportUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/deletion-preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What deleting a person would end, and what it would wait for */
        get: operations["previewUserDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One customer with their orders, eSIMs, payments and sessions; the look is audited */
        get: operations["getCustomer"];
        put?: never;
        post?: never;
        /**
         * Delete a person who asked for it, as they could themselves
         * @description Address, name and notes are erased and every session ends; orders and payments stay, without a person. Unpaid orders end. 409 deletion_waits: something that was paid has not reached the person yet. 409 conflict: the person works for the shop.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/team": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who works in the administration, and who is invited to */
        get: operations["listTeam"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/team/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a member: every session of theirs ends, everywhere within five seconds */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /** Give a member another role; it counts everywhere within five seconds */
        patch: operations["changeRole"];
        trace?: never;
    };
    "/admin/team/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invite somebody by mail; an earlier invitation of this address ends */
        post: operations["inviteMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/team/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/team/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Join the shop's team by a mailed invitation, signed in with the address that it was sent to */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys of programs; their secrets are in no list */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make a key for a program
         * @description With a role or with single permissions, at each use cut to what its maker may do then. Sent as `Authorization: Bearer`, to operators' routes alone, never beside a cookie.
         */
        post: operations["makeApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace a key; the old one works for a while besides */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key, at once and everywhere */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's own second factor */
        get: operations["getSecondFactor"];
        put?: never;
        /**
         * Begin to set up a second factor, or a new one in its place
         * @description The secret is shown this once. It counts when a code of it was confirmed, within 15 minutes.
         */
        post: operations["offerSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/second-factor/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show the second factor, at sign-in or again before what is dangerous
         * @description A code counts once. Afterwards the request that was refused is sent again as it was.
         */
        post: operations["verifySecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm the second factor by a code of it; every other session of the caller begins anew */
        post: operations["confirmSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/second-factor/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a member's second factor away: their sessions end, and both of you are mailed */
        post: operations["resetSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Live sessions of the caller; with team.read those of the whole team */
        get: operations["listOperatorSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session of one's own; with team.write anybody's. Not by a key, which may be one that only reads */
        delete: operations["endOperatorSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What operators may change while the shop runs, with bounds and defaults */
        get: operations["listSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change settings, all of these or none; it counts everywhere within five seconds
         * @description `value` null gives a setting back to the environment. `version` is the one that the list showed: when somebody else changed this setting meanwhile, the answer is 409 and nothing is changed.
         */
        patch: operations["changeSettings"];
        trace?: never;
    };
    "/admin/settings/{name}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last 200 values of a setting, with who changed it and why */
        get: operations["listSettingChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to pay an order, or get the payment that was begun
         * @description At most one live payment per order: repeating the call, at any moment and any number of times at once, gives the same intent. 409 payment_in_progress: another provider's payment is live. 409 order_already_paid, order_not_payable. 429 too_many_declines: payments of this person were declined too often in 24 hours. 503: the provider did not answer; repeat the call.
         */
        post: operations["createPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/webhook/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A payment provider's event
         * @description Stored once by provider and event id, together with its effect. processed: had its effect. ignored: true, and changes nothing. duplicate: stored before. parked: cannot be true, or waits for its payment; an operator sees it. Of a batch (Adyen) what needs an operator is said first, and `intent_status` is null. Stripe signs the raw body and Adyen each item; the mock exists outside production only and answers local callers.
         */
        post: operations["receivePaymentEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A payment provider's event, the provider named in the query
         * @description Stored once by provider and event id, together with its effect. processed: had its effect. ignored: true, and changes nothing. duplicate: stored before. parked: cannot be true, or waits for its payment; an operator sees it. Of a batch (Adyen) what needs an operator is said first, and `intent_status` is null. Stripe signs the raw body and Adyen each item; the mock exists outside production only and answers local callers.
         */
        post: operations["receivePaymentEventByQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give money back
         * @description 200 when it is finished, 202 while it runs; repeat the request to see how it stands. A partial refund needs an Idempotency-Key. A delivered eSIM that cannot be taken back: 409 esim_not_revocable, unless accept_loss. Above REFUND_NEEDS_SECOND_ABOVE, summed per order and per person and 24 hours: 409 second_person_required, and the refund waits in /admin/refund-approvals.
         */
        post: operations["refundOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refund-approvals/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a refund that somebody else asked for; it is made at once
         * @description 200 when the refund is finished, 202 while it runs; repeating the request carries the same refund on.
         */
        post: operations["approveRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refund-approvals/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decline a refund that waits for a second person, one's own too */
        post: operations["declineRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether I can give the eSIM of an order back, and what became of it */
        get: operations["getReturnOffer"];
        put?: never;
        /**
         * Give an unused eSIM back
         * @description By the rule of the shop. The eSIM is taken back first and cannot be installed any more; then the price goes back. 200 when it has, 202 while it runs; repeating the request gives the same refund.
         */
        post: operations["returnEsim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look at a parked or waiting event again; one that was applied stays as it is */
        post: operations["replayWebhookEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refunds/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Carry a parked refund out after all */
        post: operations["retryRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reconciliation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where our books and the provider's differ, and the last comparison of each provider */
        get: operations["listFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/reconciliation/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The findings of reconciliation: what is filtered, as CSV, newest first */
        get: operations["exportFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get the eSIM of a paid order
         * @description Provisioning starts with the payment; this joins it or starts it again. 202 while a supplier works: poll GET /esims/{id}. Repeating it gives the same eSIM.
         */
        post: operations["activateEsim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/mine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My eSIMs, newest first */
        get: operations["listMyEsims"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of my eSIMs */
        get: operations["getEsim"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/{id}/installed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that the eSIM is installed
         * @description Only for eSIMs of the shop's own (the local supplier); otherwise the supplier's word counts.
         */
        post: operations["markEsimInstalled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/{id}/qr.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** QR code as SVG */
        get: operations["getEsimQrSvg"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/{id}/qr.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** QR code as PNG */
        get: operations["getEsimQrPng"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/{id}/install-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a secret link to a page that installs this eSIM
         * @description Whoever has the link may install the eSIM. It works for 72 hours, ends earlier when the order is refunded, and is shown only in this answer.
         */
        post: operations["createInstallLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/esims/{id}/resend-mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail an eSIM to its owner again */
        post: operations["resendEsimMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/esims/{id}/install": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the codes of a customer's eSIM
         * @description Every time is on record, in the audit log with the reason, before the answer.
         */
        get: operations["showEsimCodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/{id}/top-ups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be added to one of my eSIMs now, cheapest first */
        get: operations["listTopUps"];
        put?: never;
        /**
         * Order more data for one of my eSIMs
         * @description An order like any other, of kind top_up: pay it with POST /payments/create, and watch it with GET /orders/{id}. Once paid it is added by the supplier of the eSIM, and nothing has to be installed; what the supplier refuses is refunded. With an Idempotency-Key, repeating the request gives the same order.
         */
        post: operations["createTopUpOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/top-ups/{id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every purchase that was begun for a top-up, with its evidence */
        get: operations["listTopUpAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/top-ups/{id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide about a parked top-up
         * @description ask_again: look it up again and forgive earlier refusals. not_bought: nothing was bought, ask the supplier for it again. adopt: it was bought under this supplier_order_id. refund: fail it and give the money back. accept_loss: for one that was added although its order is refunded.
         */
        post: operations["decideTopUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End all links to this eSIM that were mailed or made
         * @description Install links and the pages of notices stop working at once. Again does nothing.
         */
        delete: operations["endEsimLinks"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which notices about eSIMs are mailed */
        get: operations["getMyNotices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Choose which notices about eSIMs are mailed
         * @description Kinds that are left out stay as they are. Receipts and eSIMs are mailed always.
         */
        patch: operations["changeMyNotices"];
        trace?: never;
    };
    "/admin/esims/{id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every purchase that was begun for an eSIM, with its evidence */
        get: operations["listEsimAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/esims/{id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide about a parked eSIM
         * @description ask_again: look it up again and forgive earlier refusals. not_bought: nothing was bought, try the next supplier. adopt: it is this supplier_order_id. refund: fail it and give the money back. accept_loss: for an eSIM that works although its order is refunded.
         */
        post: operations["decideEsim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plans/{id}/suppliers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a plan is bought */
        get: operations["getPlanSuppliers"];
        /**
         * Say where a plan is bought, in place of what was said before
         * @description package_id is the supplier's name of the plan (left out for local and stock, where it is the plan's own id), top_up_package_id its name of the same plan as a top-up. Costs are read by a job at once.
         */
        put: operations["replacePlanSuppliers"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/suppliers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Suppliers: balance, error rate and latency */
        get: operations["listSuppliers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/suppliers/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How suppliers did over time: purchases, failures, latency, balance
         * @description Counted every five minutes and kept for 90 days. What was unclear and is decided later is counted anew for six hours.
         */
        get: operations["listSupplierHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/suppliers/{supplier}/webhook-address": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The address to enter at a supplier for its events
         * @description An address with a secret part is on record in the audit log each time it is shown.
         */
        get: operations["getSupplierWebhookAddress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import eSIM codes into stock from CSV
         * @description Body text/csv of any make with the columns sku, activation_code, and iccid and confirmation_code if there are any. Codes that were ever imported stay as they are, sold or not.
         */
        post: operations["importStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/low-stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Plans sold from stock that are running out, those with none left first */
        get: operations["listLowStock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/webhook/{supplier}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An eSIM supplier's event
         * @description Stored once, answered at once; a job asks the supplier how things are. Suppliers that do not sign their events get an address with a secret part.
         */
        post: operations["receiveSupplierEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/esims/webhook/{supplier}/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An eSIM supplier's event
         * @description Stored once, answered at once; a job asks the supplier how things are. Suppliers that do not sign their events get an address with a secret part.
         */
        post: operations["receiveSupplierEventAtSecretAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/price-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules by which prices are made */
        get: operations["getPriceRules"];
        /**
         * Replace the price rules
         * @description Rules that contradict each other are refused with each place. Published prices change with the next synchronisation, not by this.
         */
        put: operations["replacePriceRules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/price-rules/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What rules would do to the whole catalogue
         * @description Changes nothing.
         */
        post: operations["simulatePriceRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/exchange-rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exchange rates and their age
         * @description They are brought in by the command tribi rates import.
         */
        get: operations["listExchangeRates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/catalogue/syncs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Synchronisations of the catalogue, the newest first
         * @description One that found no difference leaves no row.
         */
        get: operations["listCatalogueSyncs"];
        put?: never;
        /**
         * Compare the catalogue with what suppliers sell
         * @description A job asks them; what needs no person is applied, the rest waits in the list.
         */
        post: operations["startCatalogueSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/catalogue/syncs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One synchronisation with its steps and findings */
        get: operations["getCatalogueSync"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/catalogue/syncs/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply what a synchronisation found
         * @description With accept_held also what waits for a person: large changes, jumps of costs, changed products.
         */
        post: operations["applyCatalogueSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plans/{id}/price": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the price of a plan comes about
         * @description Per currency: the price that is published and what it leaves after card fee and cost, and the price by the rules with cost, rate and its date, the supplier's minimum retail price, rule, margin, fee and rounding, or why there is none.
         */
        get: operations["explainPlanPrice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Order a plan
         * @description The price is the plan's price in the currency, frozen into the order. With an Idempotency-Key, repeating the request gives the same order; without one, each request is a new order, so a double click is two orders.
         */
        post: operations["createOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/mine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My orders, newest first */
        get: operations["listMyOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of my orders */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{id}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was agreed to before paying an order */
        get: operations["getConsent"];
        /**
         * Say what was agreed to before paying an order
         * @description The first word about an order stands; saying it again changes nothing.
         */
        put: operations["recordConsent"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is told of events */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Tell another system of events
         * @description Signed by Standard Webhooks 1.0. The secret is in this answer and in no other.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Tell a receiver of events no more */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change, pause or resume a receiver of events
         * @description Events of a pause are not sent afterwards: the receiver takes them from GET /events.
         */
        patch: operations["changeWebhookEndpoint"];
        trace?: never;
    };
    "/admin/webhook-endpoints/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new secret for a receiver of events
         * @description The one before signs beside it for 24 hours.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent to a receiver in the last 30 days, and what came of it
         * @description Status, time and size of the answers; never what they say. `q` looks for types.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-endpoints/{id}/deliveries/{delivery}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an event to a receiver again */
        post: operations["redeliverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event to a receiver
         * @description Of type webhook.test, without a place in the sequence; what came of it is among the deliveries.
         */
        post: operations["testWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that happened in the shop, without a gap
         * @description The pull twin of webhooks: ask again with `after` set to `next` until `items` is empty. Events are kept for 90 days; 410 when `after` lies further back.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is working here, and what they may do */
        get: operations["getAdminMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/me/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What you are mailed about, and in which language */
        get: operations["getAlarmChoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Choose what you are mailed about
         * @description What is left out stays as it is.
         */
        patch: operations["chooseAlarms"];
        trace?: never;
    };
    "/admin/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders */
        get: operations["listAdminOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders: what is filtered, as CSV, newest first */
        get: operations["exportAdminOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Payments */
        get: operations["listPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/payments/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Payments: what is filtered, as CSV, newest first */
        get: operations["exportPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refunds, with why each was made and what it waits for */
        get: operations["listRefunds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refunds/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refunds, with why each was made and what it waits for: what is filtered, as CSV, newest first */
        get: operations["exportRefunds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refund-approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refunds above the limit that waited for a second person */
        get: operations["listRefundApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refund-approvals/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refunds above the limit that waited for a second person: what is filtered, as CSV, newest first */
        get: operations["exportRefundApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/disputes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Disputes */
        get: operations["listDisputes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/disputes/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Disputes: what is filtered, as CSV, newest first */
        get: operations["exportDisputes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What providers told us, and why each event was applied, ignored or parked */
        get: operations["listWebhookEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhook-events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What providers told us, and why each event was applied, ignored or parked: what is filtered, as CSV, newest first */
        get: operations["exportWebhookEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People who have signed in */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People who have signed in: what is filtered, as CSV, newest first */
        get: operations["exportUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/esims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** eSIMs; codes are not in this list */
        get: operations["listAdminEsims"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/esims/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** eSIMs; codes are not in this list: what is filtered, as CSV, newest first */
        get: operations["exportAdminEsims"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/top-ups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Top-ups of eSIMs */
        get: operations["listAdminTopUps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/top-ups/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Top-ups of eSIMs: what is filtered, as CSV, newest first */
        get: operations["exportAdminTopUps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Codes in stock; the codes themselves are not in this list */
        get: operations["listInventory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Codes in stock; the codes themselves are not in this list: what is filtered, as CSV, newest first */
        get: operations["exportInventory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs that wait, run or have failed for good */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs that wait, run or have failed for good: what is filtered, as CSV, newest first */
        get: operations["exportJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mails that wait, were sent or were not to be sent; what they say is not in this list */
        get: operations["listMails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/mails/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mails that wait, were sent or were not to be sent; what they say is not in this list: what is filtered, as CSV, newest first */
        get: operations["exportMails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every change of money, eSIM and admin state: who, on whose request, before and after */
        get: operations["listAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit-log/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every change of money, eSIM and admin state: who, on whose request, before and after: what is filtered, as CSV, newest first */
        get: operations["exportAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find an order, customer, eSIM, payment, refund, top-up or plan by what it is called
         * @description An id, an order's reference, an e-mail or its beginning, an ICCID, the id of a provider or supplier, an SKU; a mistyped e-mail finds the people whose address is like it. Two characters at least; at most 20 hits.
         */
        get: operations["searchShop"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What needs a person now, and what was sold today */
        get: operations["getSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/esims/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One eSIM with its purchases, top-ups, links and who saw its codes; the codes are not in it */
        get: operations["getAdminEsim"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/payments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One payment with what its provider said, its refunds, disputes and findings */
        get: operations["getAdminPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/exports/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every movement of money: payments, refunds, lost disputes, fees, costs
         * @description Read a page at a time while it is sent. Fees are those that reconciliation has read.
         */
        get: operations["exportMoneyJournal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/exports/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Payments, refunds, fees, costs and margin by day, plan, supplier, provider and currency
         * @description Read a page at a time while it is sent. Fees are those that reconciliation has read.
         */
        get: operations["exportMoneySummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{id}/refund-preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a refund would do to the eSIM and to the money, before it is made */
        get: operations["previewRefund"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every mail, and every page behind a link, about somebody invented
         * @description As the shop would write it now, with its name, address and look. Nothing is sent or stored.
         */
        get: operations["listPreviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/previews/{name}/document": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The HTML of one preview; nothing in it runs */
        get: operations["getPreviewDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Codes in stock by state, and plans that are running out */
        get: operations["getInventoryStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One order with everything that touched it or was refused, and why */
        get: operations["getAdminOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write something down about an order */
        post: operations["addOrderNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write something down about a customer */
        post: operations["addCustomerNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/notes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a note away for good; one about a customer with customers.write */
        delete: operations["removeNote"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a failed job again */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @description For a person: what to do */
            detail: string;
            /** @enum {string} */
            code: "admin_required" | "bad_request" | "body_too_large" | "conflict" | "conflicting_credentials" | "cross_site_request" | "csv_invalid" | "currency_not_offered" | "deletion_waits" | "email_invalid" | "esim_not_revocable" | "expectation_failed" | "forbidden" | "gone" | "header_too_large" | "idempotency_key_invalid" | "idempotency_key_required" | "idempotency_key_reused" | "internal_error" | "invalid_code" | "invalid_credentials" | "invalid_webhook_signature" | "invitation_invalid" | "last_owner" | "malformed_json" | "method_not_allowed" | "method_unknown" | "missing_credentials" | "not_found" | "not_ready" | "operator_session_over" | "order_already_paid" | "order_not_paid" | "order_not_payable" | "out_of_stock" | "overloaded" | "payment_in_progress" | "permission_missing" | "provider_unavailable" | "provisioning_failed" | "rate_limited" | "referenced" | "refund_exceeds_payment" | "refund_not_possible" | "request_timeout" | "second_factor_required" | "second_person_required" | "session_revoked" | "step_up_required" | "too_many_attempts" | "too_many_declines" | "too_many_orders" | "top_up_not_possible" | "unsupported_media_type" | "unsupported_provider" | "uri_too_long" | "validation_failed";
            request_id: string;
            /** @description For invalid input: JSON pointers to what is wrong, at most the first 20 */
            errors?: {
                pointer: string;
                message: string;
            }[];
            /** @description How many there are, when `errors` are only the first */
            error_count?: number;
        };
        Health: {
            status: "ok" | "degraded";
            version: string;
            parts: {
                [key: string]: string;
            };
        };
        ResendMailAnswer: {
            message: string;
            mail_id: number;
        };
        Country: {
            id: number;
            iso2: string;
            name: string;
        };
        Price: {
            currency: string;
            amount_minor_units: number;
            amount_major: string;
        };
        Carrier: {
            id: number;
            name: string;
        };
        Plan: {
            id: number;
            name: string;
            description: string;
            /** @description 0 when is_unlimited */
            data_gb: number;
            duration_days: number;
            is_unlimited: boolean;
            /** @description For display; null when the plan has no price in USD */
            price_usd: number | null;
            price: components["schemas"]["Price"];
            /** @description Null for a plan of several countries */
            country_id: number | null;
            carrier_id: number;
            country: components["schemas"]["Country"] | null;
            carrier: components["schemas"]["Carrier"];
            /** @description Set for a plan of several countries */
            region: string | null;
            /** @description ISO 3166-1 alpha-2 codes of the countries where it works */
            coverage: string[];
        };
        PlanDetail: {
            id: number;
            name: string;
            description: string;
            /** @description 0 when is_unlimited */
            data_gb: number;
            duration_days: number;
            is_unlimited: boolean;
            /** @description For display; null when the plan has no price in USD */
            price_usd: number | null;
            price: components["schemas"]["Price"];
            /** @description Null for a plan of several countries */
            country_id: number | null;
            carrier_id: number;
            country: components["schemas"]["Country"] | null;
            carrier: components["schemas"]["Carrier"];
            /** @description Set for a plan of several countries */
            region: string | null;
            /** @description ISO 3166-1 alpha-2 codes of the countries where it works */
            coverage: string[];
            /** @description As the supplier that is asked first tells them; empty where it tells none */
            networks: {
                /** @description ISO 3166-1 alpha-2; null where the supplier does not say in which of its countries */
                country: string | null;
                /** @description Null where only speeds are told */
                name: string | null;
                /** @description Such as 4G and 5G */
                speeds: string[];
            }[];
        };
        Trips: {
            /** @description The cheapest first. Each works in all the countries, for all the days, with the data asked */
            options: {
                /** @description Each is ordered by itself */
                plans: components["schemas"]["Plan"][];
                /** @description The countries of the trip */
                covers: string[];
                total: components["schemas"]["Price"];
                why: string;
            }[];
            /** @description Plans that work in one of the countries and are in no option; at most 200 */
            left_out: {
                plan_id: number;
                name: string;
                /** @enum {string} */
                code: "not_in_currency" | "too_short" | "too_little_data" | "no_better" | "dearer";
                why: string;
            }[];
            left_out_total: number;
            /** @description Countries in which nothing on sale fits */
            uncovered: string[];
        };
        DeviceCompatibility: {
            verdict: "likely_compatible" | "unknown" | "likely_incompatible";
            message: string;
            user_agent: string;
        };
        DeviceModel: {
            name: string;
            verdict: "likely_compatible" | "unknown" | "likely_incompatible";
            note: string | null;
            /** @description The same in Spanish */
            note_es: string | null;
            /** @description Who says so */
            source: string | null;
            /** @description As of which day */
            as_of: string | null;
        };
        AdminCountry: {
            id: number;
            iso2: string;
            iso3: string | null;
            name: string;
            plan_count: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        ListAdminCountriesAnswer: {
            items: components["schemas"]["AdminCountry"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
        };
        AddCountryBody: {
            /** @description ISO 3166-1 alpha-2 */
            iso2: string;
            iso3?: string | null;
            name: string;
        };
        ReplaceCountryBody: {
            /** @description ISO 3166-1 alpha-2 */
            iso2: string;
            iso3?: string | null;
            name: string;
        };
        ChangeCountryBody: {
            /** @description ISO 3166-1 alpha-2 */
            iso2?: string;
            iso3?: string | null;
            name?: string;
        };
        Message: {
            message: string;
        };
        AdminCarrier: {
            id: number;
            name: string;
            plan_count: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        ListCarriersAnswer: {
            items: components["schemas"]["AdminCarrier"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
        };
        AddCarrierBody: {
            name: string;
        };
        ReplaceCarrierBody: {
            name: string;
        };
        ChangeCarrierBody: {
            name: string;
        };
        AdminPlan: {
            id: number;
            sku: string;
            name: string;
            description: string;
            /** @description 0 when is_unlimited */
            data_gb: number;
            is_unlimited: boolean;
            duration_days: number;
            country_id: number | null;
            country: {
                id: number;
                iso2: string;
                name: string;
            } | null;
            region: string | null;
            /** @description The countries of a region's plan */
            country_ids: number[];
            carrier_id: number;
            carrier: {
                id: number;
                name: string;
            };
            is_active: boolean;
            paused_reason: string | null;
            prices: components["schemas"]["Price"][];
            price_usd: number | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        ListAdminPlansAnswer: {
            items: components["schemas"]["AdminPlan"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
        };
        AddPlanBody: {
            sku?: string;
            name: string;
            description?: string;
            data_gb?: number | null;
            is_unlimited?: boolean;
            duration_days: number;
            country_id?: number | null;
            region?: string | null;
            country_ids?: number[];
            carrier_id: number;
            paused_reason?: string | null;
            prices?: {
                /** @description ISO 4217 */
                currency: string;
                amount_minor_units: number;
            }[];
            /** @description In place of `prices`: the price in dollars; other currencies keep theirs */
            price_usd?: number;
        };
        ReplacePlanBody: {
            sku?: string;
            name?: string;
            description?: string;
            data_gb?: number | null;
            is_unlimited?: boolean;
            duration_days?: number;
            country_id?: number | null;
            region?: string | null;
            country_ids?: number[];
            carrier_id?: number;
            paused_reason?: string | null;
            prices?: {
                /** @description ISO 4217 */
                currency: string;
                amount_minor_units: number;
            }[];
            /** @description In place of `prices`: the price in dollars; other currencies keep theirs */
            price_usd?: number;
        };
        ChangePlanBody: {
            sku?: string;
            name?: string;
            description?: string;
            data_gb?: number | null;
            is_unlimited?: boolean;
            duration_days?: number;
            country_id?: number | null;
            region?: string | null;
            country_ids?: number[];
            carrier_id?: number;
            paused_reason?: string | null;
            prices?: {
                /** @description ISO 4217 */
                currency: string;
                amount_minor_units: number;
            }[];
        };
        ImportReport: {
            dry_run: boolean;
            /** @description Rows of the file without its header and blank ones */
            rows: number;
            created: number;
            updated: number;
            unchanged: number;
            countries_created: number;
            carriers_created: number;
            refused_count: number;
            /** @description The first 1,000 refused rows */
            refused: {
                line: number;
                column: string;
                reason: string;
            }[];
        };
        RequestCodeBody: {
            /** @description One mailbox, such as traveller@example.com */
            email: string;
        };
        RequestCodeAnswer: {
            /** @enum {string} */
            message: "code_sent";
            /** @description Bring it to POST /auth/verify-code; it is in a cookie too */
            challenge: string;
        };
        VerifyCodeBody: {
            /** @description One mailbox, such as traveller@example.com */
            email: string;
            /** @description As mailed: digits only, nothing around them */
            code: string;
            /** @description Beats the cookie */
            challenge?: string;
            /** @description Where the tokens go; both by default */
            session?: "both" | "cookie" | "bearer";
        };
        User: {
            id: number;
            email: string;
            name: string | null;
        };
        Session: {
            /** @description Send as `Authorization: Bearer`. Absent for session=cookie */
            token?: string;
            user: components["schemas"]["User"];
            /**
             * Format: date-time
             * @description When the token expires
             */
            expires_at: string;
            /** @description For POST /auth/refresh. Absent for session=cookie */
            refresh_token?: string;
        };
        VerifyCodeByOldNameBody: {
            /** @description One mailbox, such as traveller@example.com */
            email: string;
            /** @description As mailed: digits only, nothing around them */
            code: string;
            /** @description Beats the cookie */
            challenge?: string;
            /** @description Where the tokens go; both by default */
            session?: "both" | "cookie" | "bearer";
        };
        LogOutAnswer: {
            /** @enum {string} */
            message: "logged_out";
        };
        Person: {
            id: number;
            email: string;
            name: string | null;
            /** @description Has a role in the shop's administration */
            is_admin: boolean;
            roles: string[];
            permissions: string[];
        };
        ChangeMeBody: {
            /** @description Null takes it away */
            name: string | null;
        };
        DeleteMeAnswer: {
            /** @enum {string} */
            message: "account_deleted";
        };
        ExportMeAnswer: {
            [key: string]: unknown;
        };
        LiveSession: {
            id: number;
            is_current: boolean;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description To the minute
             */
            last_used_at: string;
            /** Format: date-time */
            expires_at: string;
            /** @description Where it began; IPv6 without its last half */
            ip_address: string | null;
            user_agent: string | null;
        };
        EndSessionAnswer: {
            /** @enum {string} */
            message: "session_ended";
        };
        RateLimit: {
            limit: string;
            email: string | null;
            ip_address: string | null;
            count: number;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
        };
        ListRateLimitsAnswer: {
            items: components["schemas"]["RateLimit"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
        };
        BusyAddress: {
            ip_address: string;
            codes: number;
            emails: number;
            wrong_tries: number;
            /** Format: date-time */
            last_at: string;
        };
        ListBusiestAddressesAnswer: {
            items: components["schemas"]["BusyAddress"][];
        };
        LiftRateLimitBody: {
            /** @enum {string} */
            limit: "codes_per_minute" | "codes_per_day" | "codes_per_address" | "codes_per_network" | "codes_per_email" | "tries_per_pair" | "tries_per_email" | "tries_from_elsewhere" | "tried_emails_per_address";
            email?: string | null;
            ip_address?: string | null;
            reason: string;
        };
        LiftRateLimitAnswer: {
            /** @enum {string} */
            message: "limit_lifted";
            rows: number;
        };
        Reason: {
            reason: string;
        };
        DisableUserAnswer: {
            /** @enum {string} */
            message: "user_disabled";
        };
        EnableUserAnswer: {
            /** @enum {string} */
            message: "user_enabled";
        };
        LoginRecord: {
            session_id: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at: string;
            /** Format: date-time */
            expires_at: string;
            revoked_at: string | null;
            revoked_because: string | null;
            session_kind: string;
            ip_address: string | null;
            user_agent: string | null;
        };
        ListLoginsAnswer: {
            items: components["schemas"]["LoginRecord"][];
        };
        ExportUserAnswer: {
            [key: string]: unknown;
        };
        PreviewUserDeletionAnswer: {
            email: string;
            /** @description That end */
            sessions: number;
            /** @description That end first */
            unpaid_orders: number;
            waits_for: {
                reference: string;
                /** @description settling, preparing or unseen */
                why: string;
            }[];
            refusal: "is_operator" | "deletion_waits" | null;
        };
        DeleteUserAnswer: {
            /** @enum {string} */
            message: "user_deleted";
        };
        GetCustomerAnswer: {
            id: number;
            email: string;
            name: string | null;
            /** Format: date-time */
            created_at: string;
            last_login_at: string | null;
            disabled_at: string | null;
            deleted_at: string | null;
            orders: {
                id: number;
                reference: string;
                status: string;
                kind: string;
                user_id: number;
                email: string;
                plan_id: number;
                plan_name: string;
                currency: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                /** @description In the currency's minor units */
                refunded_minor_units: number;
                esim_status: string | null;
                top_up_status: string | null;
                failure_reason: string | null;
                /** Format: date-time */
                created_at: string;
                paid_at: string | null;
                user: {
                    id: number;
                    email: string;
                    name: string | null;
                };
                plan_snapshot: {
                    id: number;
                    name: string;
                };
                payments: {
                    id: number;
                    provider: string;
                    status: string;
                    intent_id: string | null;
                    created_at: string;
                }[];
                esim_profile: {
                    id: number;
                    status: string;
                } | null;
            }[];
            order_count: number;
            esims: {
                id: number;
                order_id: number;
                user_id: number;
                plan_id: number;
                status: string;
                supplier: string | null;
                supplier_reference: string | null;
                iccid: string | null;
                profile_state: string;
                plan_state: string;
                parked_reason: string | null;
                failure_reason: string | null;
                /** Format: date-time */
                created_at: string;
                provisioned_at: string | null;
                use_by: string | null;
                mailed_at: string | null;
                mail_refused_at: string | null;
                inventory_item_id: number | null;
                user: {
                    id: number;
                    email: string;
                    name: string | null;
                };
            }[];
            payments: {
                id: number;
                order_id: number;
                provider: string;
                intent_id: string | null;
                status: string;
                currency: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                /** @description In the currency's minor units */
                captured_minor_units: number;
                /** @description In the currency's minor units */
                refunded_minor_units: number;
                /** @description In the currency's minor units */
                disputed_minor_units: number;
                is_counted: boolean;
                surplus_reason: string | null;
                decline_code: string | null;
                /** Format: date-time */
                created_at: string;
                succeeded_at: string | null;
                failed_at: string | null;
                /** @description In the currency's minor units */
                order_amount_minor_units: number;
                order_currency: string;
            }[];
            totals: {
                currency: string;
                orders: number;
                /** @description In the currency's minor units */
                paid_minor_units: number;
                /** @description In the currency's minor units */
                refunded_minor_units: number;
            }[];
            sessions: {
                id: number;
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                last_used_at: string;
                /** Format: date-time */
                expires_at: string;
                session_kind: string;
            }[];
            notes: {
                id: number;
                order_id: number | null;
                author: string;
                author_email: string | null;
                text: string;
                /** Format: date-time */
                created_at: string;
            }[];
        };
        TeamMember: {
            /** @description Null for owners of ADMIN_EMAILS, whom no route changes */
            id: number | null;
            user_id: number | null;
            email: string;
            name: string | null;
            /** @enum {string} */
            role: "owner" | "support" | "finance" | "catalogue" | "auditor";
            /** @description environment (ADMIN_EMAILS) or invitation */
            source: string;
            created_at: string | null;
            last_active_at: string | null;
            has_second_factor: boolean;
        };
        TeamInvitation: {
            id: number;
            email: string;
            /** @enum {string} */
            role: "owner" | "support" | "finance" | "catalogue" | "auditor";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            invited_by: string;
        };
        ListTeamAnswer: {
            items: components["schemas"]["TeamMember"][];
            invitations: components["schemas"]["TeamInvitation"][];
        };
        ChangeRoleBody: {
            /** @enum {string} */
            role: "owner" | "support" | "finance" | "catalogue" | "auditor";
            reason: string;
        };
        RemoveMemberAnswer: {
            /** @enum {string} */
            message: "member_removed";
        };
        InviteMemberBody: {
            email: string;
            /** @enum {string} */
            role: "owner" | "support" | "finance" | "catalogue" | "auditor";
            reason: string;
        };
        RevokeInvitationAnswer: {
            /** @enum {string} */
            message: "invitation_revoked";
        };
        AcceptInvitationBody: {
            token: string;
        };
        AcceptInvitationAnswer: {
            role: string;
        };
        MakeApiKeyBody: {
            name: string;
            /** @enum {string} */
            role?: "owner" | "support" | "finance" | "catalogue" | "auditor";
            permissions?: ("overview.read" | "orders.read" | "notes.write" | "customers.read" | "customers.write" | "customers.erase" | "payments.read" | "refunds.create" | "refunds.approve" | "money.decide" | "reconciliation.read" | "esims.read" | "esims.resend" | "esims.decide" | "esims.reveal" | "stock.read" | "stock.write" | "catalogue.read" | "catalogue.write" | "suppliers.read" | "suppliers.write" | "limits.read" | "limits.lift" | "jobs.read" | "jobs.retry" | "audit.read" | "team.read" | "team.write" | "keys.read" | "keys.write" | "settings.read" | "settings.write" | "mails.read" | "mails.write" | "previews.read" | "alarms.choose" | "webhooks.read" | "webhooks.write")[];
            addresses?: string[];
            expires_in_days?: number;
            reason: string;
        };
        NewApiKey: {
            id: number;
            name: string;
            /** @description The last characters of the key */
            hint: string;
            role: string | null;
            permissions: string[] | null;
            /** @description Networks that it may be used from; empty: from everywhere */
            addresses: string[];
            /** Format: date-time */
            created_at: string;
            created_by: number;
            /** Format: date-time */
            expires_at: string;
            last_used_at: string | null;
            revoked_at: string | null;
            replaced_by: number | null;
            /** @description tribi_key_…; shown this once */
            secret: string;
        };
        ApiKey: {
            id: number;
            name: string;
            /** @description The last characters of the key */
            hint: string;
            role: string | null;
            permissions: string[] | null;
            /** @description Networks that it may be used from; empty: from everywhere */
            addresses: string[];
            /** Format: date-time */
            created_at: string;
            created_by: number;
            /** Format: date-time */
            expires_at: string;
            last_used_at: string | null;
            revoked_at: string | null;
            replaced_by: number | null;
        };
        ListApiKeysAnswer: {
            items: components["schemas"]["ApiKey"][];
        };
        RotateApiKeyBody: {
            overlap_hours?: number;
        };
        RevokeApiKeyAnswer: {
            /** @enum {string} */
            message: "key_revoked";
        };
        SecondFactor: {
            is_set_up: boolean;
            /** @description The shop asks its team for one */
            is_required: boolean;
            /** @description Shown so recently that nothing asks for it again */
            is_fresh: boolean;
            set_up_at: string | null;
            recovery_codes_left: number;
        };
        OfferedSecondFactor: {
            /** @description In base 32, for typing */
            secret: string;
            /** @description otpauth://…, what the QR code says */
            uri: string;
            qr: {
                /** @description Squares to a side */
                size: number;
                /** @description The dark squares, as a path of SVG */
                path: string;
            };
            /** Format: date-time */
            expires_at: string;
        };
        VerifySecondFactorBody: {
            /** @description Six digits of the app, or a recovery code */
            code: string;
        };
        VerifySecondFactorAnswer: {
            /** @enum {string} */
            message: "second_factor_shown";
        };
        ConfirmSecondFactorBody: {
            /** @description Six digits of the app, or a recovery code */
            code: string;
        };
        ConfirmSecondFactorAnswer: {
            /** @description Each counts once. Shown this once */
            recovery_codes: string[];
        };
        ResetSecondFactorBody: {
            user_id: number;
            reason: string;
        };
        ResetSecondFactorAnswer: {
            /** @enum {string} */
            message: "second_factor_reset";
        };
        OperatorSession: {
            id: number;
            user_id: number;
            email: string;
            is_current: boolean;
            /** Format: date-time */
            opened_at: string;
            /**
             * Format: date-time
             * @description To the half minute
             */
            used_at: string;
            /**
             * Format: date-time
             * @description When it is over unless it is used
             */
            idle_until: string;
            /**
             * Format: date-time
             * @description When it is over in any case
             */
            expires_at: string;
            /** @description When the second factor was shown last */
            factor_at: string | null;
            ip_address: string | null;
            user_agent: string | null;
        };
        ListOperatorSessionsAnswer: {
            items: components["schemas"]["OperatorSession"][];
        };
        EndOperatorSessionAnswer: {
            /** @enum {string} */
            message: "session_ended";
        };
        Setting: {
            /** @enum {string} */
            name: "order_ttl_minutes" | "refund_unused_within_days" | "auto_refund_max_per_hour" | "sync_max_change_percent" | "low_stock_threshold" | "low_balance_days" | "care_low_data_percents" | "care_days_left" | "care_install_after_hours" | "shop_name" | "shop_color" | "shop_accent_color";
            /** @description What it does, in one line */
            description: string;
            /**
             * @description levels: whole numbers with commas, or none
             * @enum {string}
             */
            type: "integer" | "levels" | "text" | "color";
            unit: string;
            /** @description Of a text its length, of levels each of them */
            minimum: number;
            maximum: number;
            /** @description What counts now */
            value: number | string;
            /** @description The value of the environment */
            default: number | string;
            /** @description The variable of the environment that the default comes from */
            variable: string;
            /** @description Where the value is from: environment, or changed by an operator */
            source: string;
            /** @description To be sent with a change; 0: never changed */
            version: number;
            changed_at: string | null;
            changed_by: string | null;
            /** @description Why the stored value is not used, if it is not */
            problem: string | null;
        };
        ListSettingsAnswer: {
            items: components["schemas"]["Setting"][];
        };
        ChangeSettingsBody: {
            changes: {
                /** @enum {string} */
                name: "order_ttl_minutes" | "refund_unused_within_days" | "auto_refund_max_per_hour" | "sync_max_change_percent" | "low_stock_threshold" | "low_balance_days" | "care_low_data_percents" | "care_days_left" | "care_install_after_hours" | "shop_name" | "shop_color" | "shop_accent_color";
                value: number | string | null;
                /** @description 0: never changed */
                version: number;
            }[];
            reason: string;
        };
        ChangeSettingsAnswer: {
            items: components["schemas"]["Setting"][];
        };
        SettingChangesItem: {
            version: number;
            /** @description Null: the environment's value counted again */
            value: number | string | null;
            /** Format: date-time */
            changed_at: string;
            changed_by: string;
            reason: string;
        };
        ListSettingChangesAnswer: {
            items: components["schemas"]["SettingChangesItem"][];
        };
        NewPayment: {
            order_id: number;
            /** @description MOCK, STRIPE or ADYEN, in any case. When left out: the one of the payment that was begun, else the first that the shop offers for the order's currency and its plan's country */
            provider?: string;
        };
        Payment: {
            intent_id: string;
            status: "requires_action" | "succeeded" | "failed";
            /** @description In capitals, such as STRIPE */
            provider: string;
            amount_minor_units: number;
            currency: string;
            /** @description For the provider's own script in the browser */
            client_secret?: string;
            publishable_key?: string;
            /** @description The provider's page on which the payer pays and from which they come back, in place of a client secret; `intent_id` is then that page's id */
            redirect_url?: string;
        };
        /** @description Outside production, to play the payer */
        MockNotice: {
            intent_id: string;
            status?: "succeeded" | "failed";
            action?: "succeed" | "fail";
            provider?: string;
            amount_minor_units?: number;
            currency?: string;
        };
        /** @description As Stripe signs it in the header Stripe-Signature */
        StripeEvent: {
            id: string;
            type: string;
            data: {
                object: {
                    [key: string]: unknown;
                };
            };
        };
        /** @description A batch; Adyen signs each item in additionalData.hmacSignature */
        AdyenNotification: {
            live: string;
            notificationItems: {
                NotificationRequestItem: {
                    [key: string]: unknown;
                };
            }[];
        };
        ProviderEvent: components["schemas"]["MockNotice"] | components["schemas"]["StripeEvent"] | components["schemas"]["AdyenNotification"];
        EventReceipt: {
            status: "processed" | "ignored" | "duplicate" | "parked";
            intent_status: "requires_action" | "succeeded" | "failed" | null;
        };
        RefundOrderBody: {
            /** @description All that is left when absent */
            amount_minor_units?: number;
            reason: string;
            /** @description Refund although the delivered eSIM cannot be taken back */
            accept_loss?: boolean;
        };
        RefundOrderAnswer: {
            refund: {
                id: number;
                status: "requested" | "parked" | "pending" | "succeeded" | "failed";
                amount_minor_units: number;
                currency: string;
                reason: string;
                failure_reason: string | null;
            };
            order: {
                id: number;
                reference: string;
                status: string;
                currency: string;
                amount_minor_units: number;
                amount_major: string;
                captured_minor_units: number;
                refunded_minor_units: number;
            };
        };
        ApproveRefundBody: {
            reason: string;
        };
        ApproveRefundAnswer: {
            refund: {
                id: number;
                status: "requested" | "parked" | "pending" | "succeeded" | "failed";
                amount_minor_units: number;
                currency: string;
                reason: string;
                failure_reason: string | null;
            };
            order: {
                id: number;
                reference: string;
                status: string;
                currency: string;
                amount_minor_units: number;
                amount_major: string;
                captured_minor_units: number;
                refunded_minor_units: number;
            };
        };
        DeclineRefundBody: {
            reason: string;
        };
        DeclineRefundAnswer: {
            /** @enum {string} */
            message: "refund_declined";
        };
        MyRefund: {
            id: number;
            /** @enum {unknown} */
            status: "running" | "succeeded";
            amount_minor_units: number;
            currency: string;
        };
        ReturnOffer: {
            is_possible: boolean;
            /** @description Until when, while the eSIM is not used */
            until: string | null;
            /** @description What goes back */
            amount_minor_units: number;
            /** @description Decimal text with exactly the currency's decimals */
            amount_major: string;
            currency: string;
            refund: components["schemas"]["MyRefund"] | null;
        };
        ReplayWebhookEventAnswer: {
            status: string;
            reason: string | null;
            intent_status: string | null;
        };
        RetryRefundAnswer: {
            id: number;
            status: string;
            amount_minor_units: number;
            failure_reason: string | null;
        };
        FindingsItem: {
            id: number;
            provider: string;
            class: string;
            subject: string;
            action: string;
            payment_id: number | null;
            order_id: number | null;
            detail: {
                [key: string]: unknown;
            };
            found_at: string;
            seen_at: string;
            closed_at: string | null;
        };
        ListFindingsAnswer: {
            items: components["schemas"]["FindingsItem"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
            runs: {
                provider: string;
                since: string;
                applies: boolean;
                started_at: string;
                finished_at: string | null;
                failure: string | null;
                intents_seen: number;
                refunds_seen: number;
            }[];
        };
        ActivateEsimBody: {
            order_id: number;
        };
        Esim: {
            id: number;
            order_id: number;
            /** @enum {string} */
            status: "pending" | "ready" | "active" | "failed" | "expired" | "cancelled";
            activation_code: string | null;
            iccid: string | null;
            smdp_address: string | null;
            matching_id: string | null;
            qr_payload: string | null;
            install_links: {
                apple: string;
                android: string;
            } | null;
            confirmation_code: string | null;
            /** @description The phone will ask for a confirmation code that the supplier did not give: ask support first */
            is_confirmation_code_missing: boolean;
            /** @description Access points to set by hand, per platform; null: the phone finds its own */
            apn: {
                ios: string | null;
                android: string | null;
            } | null;
            instructions: string;
            /** Format: date-time */
            created_at: string;
            provisioned_at: string | null;
            /** @description While ready: install it by then. Once active: the plan's end, null where it is not known */
            expires_at: string | null;
            /** @description Install it by then: the supplier's limit or ours, the earlier one. Null once it is installed or over */
            install_by: string | null;
            /** @description Since when it cannot be used any more, as its supplier or the clock says; its status may still be active */
            ended_at: string | null;
            /** @description What begins the plan's days; null: the supplier does not say */
            validity_starts: "installation" | "first_use" | null;
            plan_id: number;
            country_id: number | null;
            carrier_id: number | null;
            plan_snapshot: {
                [key: string]: unknown;
            };
            usage: {
                total_bytes: number;
                remaining_bytes: number;
                /** @description 1000 or 1024: divide by it for display */
                unit_base: number;
                /** Format: date-time */
                as_of: string;
            } | null;
        };
        CreateInstallLinkAnswer: {
            /** Format: uri */
            url: string;
            /** Format: date-time */
            expires_at: string;
        };
        ResendEsimMailAnswer: {
            message: string;
        };
        TopUpOffer: {
            plan_id: number;
            name: string;
            description: string;
            /** @description 0 for unlimited plans */
            data_gb: number;
            is_unlimited: boolean;
            duration_days: number;
            price: {
                currency: string;
                amount_minor_units: number;
                amount_major: string;
            };
        };
        TopUpOffers: {
            esim_id: number;
            can_be_topped_up: boolean;
            /** @description Why not, in words for the owner */
            reason: string | null;
            /** @description When the supplier was last asked what it takes; null for eSIMs of the shop's own, and before the first time */
            listed_at: string | null;
            offers: components["schemas"]["TopUpOffer"][];
        };
        NewOrder: {
            plan_id: number;
            /** @description ISO 4217; DEFAULT_CURRENCY when left out */
            currency?: string;
        };
        PlanSnapshot: {
            id: number;
            name: string;
            description: string;
            country_name: string | null;
            country_iso2: string | null;
            country_id: number | null;
            carrier_name: string | null;
            carrier_id: number | null;
            /** @description 0 for unlimited plans */
            data_gb: number;
            is_unlimited: boolean;
            duration_days: number;
            price_minor_units: number;
            currency: string;
        };
        OrderedTopUp: {
            id: number;
            /** @description The eSIM that it adds to */
            esim_id: number;
            /** @enum {unknown} */
            status: "pending" | "done" | "failed" | "cancelled";
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            created_at: string;
            done_at: string | null;
        };
        TopUpOrder: {
            id: number;
            /** @description What to quote to support */
            reference: string;
            plan_id: number;
            /** @enum {unknown} */
            status: "created" | "paid" | "failed" | "refunded";
            /** @description ISO 4217 */
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            /** @description Decimal text with exactly the currency's decimals */
            amount_major: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            expires_at: string;
            plan_snapshot: components["schemas"]["PlanSnapshot"];
            /**
             * @description Only in orders that add to an eSIM
             * @enum {string}
             */
            kind: "top_up";
            top_up: components["schemas"]["OrderedTopUp"];
        };
        PurchaseAttempt: {
            id: number;
            number: number;
            reference: string;
            supplier: string;
            package_id: string;
            status: string;
            supplier_order_id: string | null;
            reason: string | null;
            detail: string | null;
            lookups: number;
            cost_text: string | null;
            cost_currency: string | null;
            call_millis: number | null;
            created_at: string;
            decided_at: string | null;
            decided_by: string | null;
        };
        Decision: {
            decision: "ask_again" | "not_bought" | "adopt" | "refund" | "accept_loss";
            supplier_order_id?: string;
            reason: string;
        };
        DecisionResult: {
            /** @enum {string} */
            status: "decided";
        };
        EndEsimLinksAnswer: {
            /** @description Links that worked until now */
            ended: number;
        };
        GetMyNoticesAnswer: {
            /** @description Whether notices of this kind are mailed */
            install: boolean;
            /** @description Whether notices of this kind are mailed */
            low_data: boolean;
            /** @description Whether notices of this kind are mailed */
            used_up: boolean;
            /** @description Whether notices of this kind are mailed */
            days_left: boolean;
            /** @description Whether notices of this kind are mailed */
            expired: boolean;
        };
        ChangeMyNoticesBody: {
            /** @description Whether notices of this kind are mailed */
            install?: boolean;
            /** @description Whether notices of this kind are mailed */
            low_data?: boolean;
            /** @description Whether notices of this kind are mailed */
            used_up?: boolean;
            /** @description Whether notices of this kind are mailed */
            days_left?: boolean;
            /** @description Whether notices of this kind are mailed */
            expired?: boolean;
        };
        ChangeMyNoticesAnswer: {
            /** @description Whether notices of this kind are mailed */
            install: boolean;
            /** @description Whether notices of this kind are mailed */
            low_data: boolean;
            /** @description Whether notices of this kind are mailed */
            used_up: boolean;
            /** @description Whether notices of this kind are mailed */
            days_left: boolean;
            /** @description Whether notices of this kind are mailed */
            expired: boolean;
        };
        ReplacePlanSuppliersBody: {
            suppliers: {
                supplier: string;
                package_id?: string;
                top_up_package_id?: string;
                rank?: number;
            }[];
        };
        SupplierHistoryItem: {
            supplier: string;
            /** @description Oldest first; where nothing was bought and no balance read there is none */
            points: {
                /**
                 * Format: date-time
                 * @description Its first moment
                 */
                at: string;
                /** @description Calls that bought, answered or not */
                purchases: number;
                /** @description Of them refused, unclear or parked */
                not_delivered: number;
                /** @description How long they took; of a day the mean of its hours, by purchases */
                median_millis: number | null;
                /** @description 95 of 100 were no slower; of a day its slowest hour */
                p95_millis: number | null;
                balance_text: string | null;
                balance_currency: string | null;
            }[];
        };
        ListSupplierHistoryAnswer: {
            /**
             * @description What a point is about: an hour up to seven days, else a day of UTC
             * @enum {unknown}
             */
            step: "hour" | "day";
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
            items: components["schemas"]["SupplierHistoryItem"][];
        };
        GetSupplierWebhookAddressAnswer: {
            supplier: string;
            /** @description To be entered at the supplier */
            url: string;
            /** @description True: its last part is the only proof that an event is the supplier's */
            is_secret: boolean;
            /** @description native: the supplier signs its events; unsigned: it does not */
            authenticity: string;
        };
        ImportStockAnswer: {
            dry_run: boolean;
            /** @description Rows of the file without its header and blank ones */
            rows: number;
            imported: number;
            /** @description Codes that the shop has had before */
            known: number;
            refused_count: number;
            refused: {
                line: number;
                column: string;
                reason: string;
            }[];
        };
        /** @description An event as the supplier sends it */
        SupplierEvent: {
            [key: string]: unknown;
        };
        SupplierEventReceipt: {
            status: "processed" | "duplicate" | "parked";
        };
        CardFee: {
            provider: string;
            /** @description 2.9 is 2.9 % */
            percent: string;
            fixed: {
                [key: string]: number;
            };
        };
        PriceRule: {
            name: string;
            when: {
                suppliers?: string[];
                /** @description Each country of the plan is one of these */
                countries?: string[];
                regions?: string[];
                /** @description Both bounds included; unlimited is above every maximum */
                data_gb?: {
                    min?: number;
                    max?: number;
                    is_unlimited?: boolean;
                };
                days?: {
                    min?: number;
                    max?: number;
                };
                /** @description Only costs in this currency; `below` is not included */
                cost?: {
                    /** @description ISO 4217 */
                    currency: string;
                    min?: string;
                    below?: string;
                };
            };
            result: {
                /** @description 2.9 is 2.9 % */
                margin_percent: string;
                /** @description Minor units by currency */
                margin_at_least?: {
                    [key: string]: number;
                };
                /** @description Minor units by currency */
                minimum_price?: {
                    [key: string]: number;
                };
                /** @description Last digits of the price in minor units: 99, 90, 00 */
                endings?: {
                    [key: string]: string;
                };
                /** @description The price is a multiple of so many minor units */
                round_to?: {
                    [key: string]: number;
                };
                /** @description Minor units by currency */
                fixed_price?: {
                    [key: string]: number;
                };
            };
        };
        PriceRuleSet: {
            /** @description 0: there are no rules yet */
            version: number;
            currencies: string[];
            /** @description The price covers the highest of them */
            fees: components["schemas"]["CardFee"][];
            rules: components["schemas"]["PriceRule"][];
            changed_by: string | null;
            changed_at: string | null;
            /** @description What may be meant so, and should be known */
            notes: string[];
        };
        /** @description `version` is the one that was read */
        ReplacePriceRulesBody: {
            version: number;
            /** @description In which plans get a price */
            currencies: string[];
            /** @description The price covers the highest of them */
            fees: components["schemas"]["CardFee"][];
            /** @description The first that matches decides */
            rules: components["schemas"]["PriceRule"][];
        };
        PriceRules: {
            /** @description In which plans get a price */
            currencies: string[];
            /** @description The price covers the highest of them */
            fees: components["schemas"]["CardFee"][];
            /** @description The first that matches decides */
            rules: components["schemas"]["PriceRule"][];
        };
        PriceSimulation: {
            plans: number;
            /** @description Plans that no supplier with a known cost sells; rules leave them alone */
            without_cost: number;
            up: number;
            down: number;
            equal: number;
            /** @description Prices in a currency in which the plan has none now */
            offered: number;
            /** @description By reason */
            refused: {
                [key: string]: number;
            };
            /** @description How many prices leave from so many to ten percent more as profit */
            margins: {
                from_percent: number;
                count: number;
            }[];
            by_rule: {
                [key: string]: number;
            };
            /** @description The first 200 */
            changes: {
                plan_id: number;
                sku: string;
                name: string;
                currency: string;
                before_minor_units: number | null;
                after_minor_units: number | null;
                rule: string | null;
                profit_percent: string | null;
                refused: {
                    code: string;
                    why: string;
                } | null;
            }[];
            change_count: number;
            notes: string[];
        };
        ExchangeRates: {
            base: string;
            currency: string;
            /** @description 1 base is so many of the currency */
            rate: string;
            as_of: string;
            imported_at: string;
            /** @description False: no price is made with it */
            is_fresh: boolean;
        }[];
        CatalogueSync: {
            id: number;
            /** @description ready, applying, done or superseded */
            state: string;
            actor: string;
            counts: {
                packages: number;
                added: number;
                changed: number;
                vanished: number;
                create: number;
                change: number;
                pause: number;
                price_up: number;
                price_down: number;
                held: number;
                undecided: number;
            };
            /** @description first_run or more_than_limit: nothing of it is applied without a person */
            held_reason: string | null;
            accepts_held: boolean;
            created_at: string;
            finished_at: string | null;
        };
        ListCatalogueSyncsAnswer: {
            items: components["schemas"]["CatalogueSync"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
        };
        StartCatalogueSyncAnswer: {
            message: string;
        };
        CatalogueSyncDetail: {
            id: number;
            /** @description ready, applying, done or superseded */
            state: string;
            actor: string;
            counts: {
                packages: number;
                added: number;
                changed: number;
                vanished: number;
                create: number;
                change: number;
                pause: number;
                price_up: number;
                price_down: number;
                held: number;
                undecided: number;
            };
            /** @description first_run or more_than_limit: nothing of it is applied without a person */
            held_reason: string | null;
            accepts_held: boolean;
            created_at: string;
            finished_at: string | null;
            ends: {
                applied: number;
                skipped: number;
                waiting: number;
            };
            /** @description What was left to a person, and why; at most 500 */
            findings: {
                supplier: string;
                package_id: string | null;
                code: string;
                why: string;
            }[];
            /** @description The first 200, those that wait for a person before others */
            steps: {
                position: number;
                /** @description create, change or pause */
                kind: string;
                sku: string;
                name: string;
                before: {
                    /** @description Minor units by currency */
                    prices: {
                        [key: string]: number;
                    };
                    suppliers: string[];
                    paused_reason: string | null;
                } | null;
                /** @description Minor units by currency */
                prices: {
                    [key: string]: number;
                };
                /** @description By currency, in major units: what a sale leaves after card fee and the first supplier's cost, as it is sold now and as it would be */
                margins: {
                    [key: string]: {
                        before: string | null;
                        after: string | null;
                    };
                };
                /** @description Null: as they are */
                suppliers: string[] | null;
                paused_reason: string | null;
                held_reason: string | null;
                applied_at: string | null;
                skipped_reason: string | null;
            }[];
        };
        ApplyCatalogueSyncBody: {
            accept_held?: boolean;
        };
        ApplyCatalogueSyncAnswer: {
            message: string;
        };
        PriceExplanation: {
            currency: string;
            supplier: string;
            cost: {
                amount: string;
                currency: string;
            };
            rate: {
                value: string;
                as_of: string;
            } | null;
            cost_in_currency: string | null;
            /** @description The least that the supplier allows to ask for it; null: it sets nothing */
            minimum_retail: string | null;
            rule: {
                position: number;
                name: string;
            } | null;
            margin: string | null;
            fee: {
                provider: string;
                amount: string;
            } | null;
            before_rounding: string | null;
            rounding: string | null;
            price: string | null;
            profit: string | null;
            profit_percent: string | null;
        };
        PlanPrice: {
            plan_id: number;
            rules_version: number;
            prices: {
                currency: string;
                published: {
                    amount_minor_units: number;
                    profit: string | null;
                    is_below_cost: boolean | null;
                    is_below_supplier_minimum: boolean | null;
                } | null;
                by_rule: {
                    amount_minor_units: number | null;
                    refused: {
                        code: string;
                        why: string;
                    } | null;
                    explanation: components["schemas"]["PriceExplanation"];
                } | null;
            }[];
        };
        OrderedEsim: {
            id: number;
            order_id: number;
            status: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            created_at: string;
            provisioned_at: string | null;
        };
        EsimOrder: {
            id: number;
            /** @description What to quote to support */
            reference: string;
            plan_id: number;
            /** @enum {unknown} */
            status: "created" | "paid" | "failed" | "refunded";
            /** @description ISO 4217 */
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            /** @description Decimal text with exactly the currency's decimals */
            amount_major: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            expires_at: string;
            plan_snapshot: components["schemas"]["PlanSnapshot"];
            esim_profile: components["schemas"]["OrderedEsim"];
        };
        Order: {
            id: number;
            /** @description What to quote to support */
            reference: string;
            plan_id: number;
            /** @enum {unknown} */
            status: "created" | "paid" | "failed" | "refunded";
            /** @description ISO 4217 */
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            /** @description Decimal text with exactly the currency's decimals */
            amount_major: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC
             */
            expires_at: string;
            plan_snapshot: components["schemas"]["PlanSnapshot"];
            esim_profile?: components["schemas"]["OrderedEsim"];
            /**
             * @description Only in orders that add to an eSIM
             * @enum {string}
             */
            kind?: "top_up";
            top_up?: components["schemas"]["OrderedTopUp"];
        };
        Consent: {
            terms_version: string;
            /** @description Wants delivery at once and knows that the right of withdrawal ends with it */
            immediate_delivery: boolean;
        };
        RecordedConsent: {
            terms_version: string;
            immediate_delivery: boolean;
            /** Format: date-time */
            accepted_at: string;
        };
        WebhookEndpoint: {
            id: number;
            url: string;
            description: string;
            types: string[];
            is_active: boolean;
            paused_reason: ("operator" | "gone" | "failing") | null;
            paused_at: string | null;
            failing_since: string | null;
            /** @description Until then the secret before the last change signs too */
            former_secret_until: string | null;
            /** Format: date-time */
            created_at: string;
        };
        ListWebhookEndpointsAnswer: {
            items: components["schemas"]["WebhookEndpoint"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
        };
        CreateWebhookEndpointBody: {
            /** @description https, at port 443 or 8443, on a public address */
            url: string;
            /** @description Names of events, or "*" for all, also those of later versions */
            types?: ("*" | "order.created" | "order.paid" | "order.failed" | "order.refunded" | "payment.succeeded" | "payment.failed" | "refund.created" | "refund.succeeded" | "refund.failed" | "esim.ready" | "esim.active" | "esim.failed" | "esim.expired" | "esim.cancelled" | "top_up.done" | "top_up.failed" | "top_up.cancelled" | "alarm.parked_money" | "alarm.parked_deliveries" | "alarm.refund_approvals" | "alarm.disputes" | "alarm.low_stock" | "alarm.supplier_balance" | "alarm.supplier_failing" | "alarm.catalogue_syncs" | "alarm.paused_plans" | "alarm.paused_receivers" | "alarm.failed_jobs")[];
            description?: string;
        };
        WebhookEndpointWithSecret: {
            id: number;
            url: string;
            description: string;
            types: string[];
            is_active: boolean;
            paused_reason: ("operator" | "gone" | "failing") | null;
            paused_at: string | null;
            failing_since: string | null;
            /** @description Until then the secret before the last change signs too */
            former_secret_until: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description whsec_…; shown this once */
            secret: string;
        };
        ChangeWebhookEndpointBody: {
            /** @description https, at port 443 or 8443, on a public address */
            url?: string;
            /** @description Names of events, or "*" for all, also those of later versions */
            types?: ("*" | "order.created" | "order.paid" | "order.failed" | "order.refunded" | "payment.succeeded" | "payment.failed" | "refund.created" | "refund.succeeded" | "refund.failed" | "esim.ready" | "esim.active" | "esim.failed" | "esim.expired" | "esim.cancelled" | "top_up.done" | "top_up.failed" | "top_up.cancelled" | "alarm.parked_money" | "alarm.parked_deliveries" | "alarm.refund_approvals" | "alarm.disputes" | "alarm.low_stock" | "alarm.supplier_balance" | "alarm.supplier_failing" | "alarm.catalogue_syncs" | "alarm.paused_plans" | "alarm.paused_receivers" | "alarm.failed_jobs")[];
            description?: string;
            /** @description false pauses it; true resumes it, whatever paused it */
            is_active?: boolean;
        };
        DeleteWebhookEndpointAnswer: {
            /** @enum {string} */
            message: "webhook_endpoint_deleted";
        };
        WebhookDelivery: {
            id: number;
            /** @description Null for a test */
            sequence: number | null;
            event_id: string;
            type: string;
            /** @enum {unknown} */
            status: "pending" | "delivered" | "failed";
            attempts: number;
            /** @description Of the last answer */
            status_code: number | null;
            /** @description Why the last try had no answer */
            problem: string | null;
            millis: number | null;
            answer_bytes: number | null;
            /** Format: date-time */
            created_at: string;
            attempted_at: string | null;
            next_try_at: string | null;
            finished_at: string | null;
        };
        ListWebhookDeliveriesAnswer: {
            items: components["schemas"]["WebhookDelivery"][];
            total: number;
            page: number;
            page_size: number;
            total_pages: number;
        };
        RedeliverWebhookAnswer: {
            /** @enum {string} */
            message: "delivery_scheduled";
        };
        TestWebhookEndpointAnswer: {
            delivery_id: number;
        };
        ShopEvent: {
            /** @description Grows by one from event to event */
            sequence: number;
            type: string;
            /** @description The same as the webhook-id of its deliveries */
            id: string;
            /** Format: date-time */
            created_at: string;
            /** @description What it is about, as the API showed it when the event was numbered */
            data: unknown;
        };
        ListEventsAnswer: {
            items: components["schemas"]["ShopEvent"][];
            next: number;
        };
        Operator: {
            id: number;
            email: string;
            name: string | null;
            role: string | null;
            permissions: string[];
            /**
             * @description missing: the shop asks for one, and it is to be set up; not_shown: it is to be shown
             * @enum {unknown}
             */
            second_factor: "none" | "missing" | "not_shown" | "shown";
        };
        AlarmChoices: {
            /** @description Null: English */
            language: ("en" | "es") | null;
            /** @description What your role decides, and so is mailed about */
            kinds: {
                kind: string;
                is_muted: boolean;
            }[];
        };
        ChooseAlarmsBody: {
            /** @enum {string} */
            language?: "en" | "es";
            /** @description True mutes a kind, false mails about it again */
            kinds?: {
                parked_money?: boolean;
                parked_deliveries?: boolean;
                refund_approvals?: boolean;
                disputes?: boolean;
                low_stock?: boolean;
                supplier_balance?: boolean;
                supplier_failing?: boolean;
                catalogue_syncs?: boolean;
                paused_plans?: boolean;
                paused_receivers?: boolean;
                failed_jobs?: boolean;
            };
        };
        AdminOrdersItem: {
            id: number;
            reference: string;
            status: string;
            kind: string;
            user_id: number;
            email: string;
            plan_id: number;
            plan_name: string;
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            /** @description In the currency's minor units */
            refunded_minor_units: number;
            esim_status: string | null;
            top_up_status: string | null;
            failure_reason: string | null;
            /** Format: date-time */
            created_at: string;
            paid_at: string | null;
            user: {
                id: number;
                email: string;
                name: string | null;
            };
            plan_snapshot: {
                id: number;
                name: string;
            };
            payments: {
                id: number;
                provider: string;
                status: string;
                intent_id: string | null;
                created_at: string;
            }[];
            esim_profile: {
                id: number;
                status: string;
            } | null;
        };
        ListAdminOrdersAnswer: {
            items: components["schemas"]["AdminOrdersItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        PaymentsItem: {
            id: number;
            order_id: number;
            provider: string;
            intent_id: string | null;
            status: string;
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            /** @description In the currency's minor units */
            captured_minor_units: number;
            /** @description In the currency's minor units */
            refunded_minor_units: number;
            /** @description In the currency's minor units */
            disputed_minor_units: number;
            is_counted: boolean;
            surplus_reason: string | null;
            decline_code: string | null;
            /** Format: date-time */
            created_at: string;
            succeeded_at: string | null;
            failed_at: string | null;
            /** @description In the currency's minor units */
            order_amount_minor_units: number;
            order_currency: string;
        };
        ListPaymentsAnswer: {
            items: components["schemas"]["PaymentsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        RefundsItem: {
            id: number;
            order_id: number;
            payment_id: number;
            status: string;
            origin: string;
            reason: string;
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            accepts_loss: boolean;
            provider_refund_id: string | null;
            requested_by: number | null;
            failure_reason: string | null;
            /** Format: date-time */
            created_at: string;
            finished_at: string | null;
        };
        ListRefundsAnswer: {
            items: components["schemas"]["RefundsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        RefundApprovalsItem: {
            id: number;
            order_id: number;
            payment_id: number;
            status: string;
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            reason: string;
            accepts_loss: boolean;
            requested_by: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            decided_by: number | null;
            decided_at: string | null;
            decision_reason: string | null;
            refund_id: number | null;
        };
        ListRefundApprovalsAnswer: {
            items: components["schemas"]["RefundApprovalsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        DisputesItem: {
            id: number;
            provider: string;
            dispute_id: string;
            payment_id: number;
            order_id: number;
            status: string;
            reason: string;
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            /** Format: date-time */
            created_at: string;
            respond_by: string | null;
            answered_at: string | null;
            closed_at: string | null;
        };
        ListDisputesAnswer: {
            items: components["schemas"]["DisputesItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        WebhookEventsItem: {
            id: number;
            provider: string;
            event_id: string;
            source: string;
            type: string;
            kind: string;
            intent_id: string | null;
            payment_id: number | null;
            outcome: string;
            reason: string | null;
            /** Format: date-time */
            received_at: string;
            applied_at: string | null;
        };
        ListWebhookEventsAnswer: {
            items: components["schemas"]["WebhookEventsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        UsersItem: {
            id: number;
            email: string;
            name: string | null;
            /** Format: date-time */
            created_at: string;
            last_login_at: string | null;
            disabled_at: string | null;
            deleted_at: string | null;
            orders: number;
        };
        ListUsersAnswer: {
            items: components["schemas"]["UsersItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        AdminEsimsItem: {
            id: number;
            order_id: number;
            user_id: number;
            plan_id: number;
            status: string;
            supplier: string | null;
            supplier_reference: string | null;
            iccid: string | null;
            profile_state: string;
            plan_state: string;
            parked_reason: string | null;
            failure_reason: string | null;
            /** Format: date-time */
            created_at: string;
            provisioned_at: string | null;
            use_by: string | null;
            mailed_at: string | null;
            mail_refused_at: string | null;
            inventory_item_id: number | null;
            user: {
                id: number;
                email: string;
                name: string | null;
            };
        };
        ListAdminEsimsAnswer: {
            items: components["schemas"]["AdminEsimsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        AdminTopUpsItem: {
            id: number;
            order_id: number;
            esim_id: number;
            user_id: number;
            plan_id: number;
            status: string;
            supplier: string;
            package_id: string;
            supplier_top_up_id: string | null;
            parked_reason: string | null;
            failure_reason: string | null;
            /** Format: date-time */
            created_at: string;
            done_at: string | null;
            mailed_at: string | null;
        };
        ListAdminTopUpsAnswer: {
            items: components["schemas"]["AdminTopUpsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        InventoryItem: {
            id: number;
            plan_id: number;
            sku: string;
            status: string;
            iccid: string | null;
            batch: string;
            order_id: number | null;
            /** Format: date-time */
            created_at: string;
            taken_at: string | null;
            revealed_at: string | null;
            carrier_id: number;
            country_id: number | null;
            provider_reference: string | null;
            reserved_at: string | null;
            assigned_at: string | null;
            /** Format: date-time */
            updated_at: string;
        };
        ListInventoryAnswer: {
            items: components["schemas"]["InventoryItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        JobsItem: {
            id: number;
            task: string;
            status: string;
            payload: unknown;
            attempts: number;
            attempts_max: number;
            last_error: string | null;
            /** Format: date-time */
            run_at: string;
            /** Format: date-time */
            created_at: string;
            priority: number | null;
        };
        ListJobsAnswer: {
            items: components["schemas"]["JobsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        MailsItem: {
            id: number;
            kind: string;
            status: string;
            email: string | null;
            user_id: number | null;
            order_id: number | null;
            subject_id: number;
            number: number;
            language: string | null;
            attempts: number;
            last_error: string | null;
            /** Format: date-time */
            created_at: string;
            next_try_at: string | null;
            sent_at: string | null;
        };
        ListMailsAnswer: {
            items: components["schemas"]["MailsItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        AuditLogItem: {
            id: number;
            /** Format: date-time */
            at: string;
            actor: string;
            action: string;
            subject: string;
            request_id: string | null;
            before: unknown;
            after: unknown;
        };
        ListAuditLogAnswer: {
            items: components["schemas"]["AuditLogItem"][];
            /** @description Exact up to 10,000 */
            total: number;
            total_is_estimate: boolean;
            page: number;
            page_size: number;
            total_pages: number;
            next_cursor: number | null;
        };
        SearchHit: {
            kind: string;
            id: number;
            label: string;
            detail: string;
            /** @description By what it was found: reference, email, iccid, … */
            matched: string;
            order_id: number | null;
        };
        SearchShopAnswer: {
            items: components["schemas"]["SearchHit"][];
        };
        GetSummaryAnswer: {
            /** Format: date-time */
            since: string;
            attention: {
                kind: string;
                count: number;
                is_capped: boolean;
                oldest_at: string | null;
            }[];
            disputes: {
                id: number;
                order_id: number;
                payment_id: number;
                dispute_id: string;
                status: string;
                reason: string;
                currency: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                /** Format: date-time */
                created_at: string;
                respond_by: string | null;
            }[];
            low_stock: {
                plan_id: number;
                sku: string;
                name: string;
                available: number;
            }[];
            suppliers: {
                supplier: string;
                balance_text: string | null;
                balance_currency: string | null;
                balance_minor_units: number | null;
                balance_read_at: string | null;
                problem: string | null;
                problem_since: string | null;
                /** @description Of the last 24 hours */
                attempts: number;
                refused: number;
                unknown: number;
            }[];
            sales: {
                currency: string;
                orders: number;
                /** @description In the currency's minor units */
                revenue_minor_units: number;
                /** @description In the currency's minor units */
                refunded_minor_units: number;
                cost_minor_units: number | null;
                /** @description Of the orders whose cost is known in their currency */
                margin_minor_units: number | null;
                orders_without_cost: number;
            }[];
        };
        GetAdminEsimAnswer: {
            id: number;
            order_id: number;
            user_id: number;
            plan_id: number;
            status: string;
            supplier: string | null;
            supplier_reference: string | null;
            iccid: string | null;
            profile_state: string;
            plan_state: string;
            parked_reason: string | null;
            failure_reason: string | null;
            /** Format: date-time */
            created_at: string;
            provisioned_at: string | null;
            use_by: string | null;
            mailed_at: string | null;
            mail_refused_at: string | null;
            inventory_item_id: number | null;
            user: {
                id: number;
                email: string;
                name: string | null;
            };
            order: {
                id: number;
                reference: string;
                status: string;
                kind: string;
            };
            plan: {
                id: number;
                sku: string;
                name: string;
            };
            usage: {
                total_bytes: number | null;
                remaining_bytes: number | null;
                as_of: string | null;
            };
            installed_at: string | null;
            ended_at: string | null;
            plan_expires_at: string | null;
            attempts: {
                id: number;
                number: number;
                reference: string;
                supplier: string;
                package_id: string;
                status: string;
                supplier_order_id: string | null;
                reason: string | null;
                detail: string | null;
                lookups: number;
                cost_text: string | null;
                cost_currency: string | null;
                call_millis: number | null;
                /** Format: date-time */
                created_at: string;
                decided_at: string | null;
                decided_by: string | null;
            }[];
            top_ups: {
                id: number;
                order_id: number;
                esim_id: number;
                user_id: number;
                plan_id: number;
                status: string;
                supplier: string;
                package_id: string;
                supplier_top_up_id: string | null;
                parked_reason: string | null;
                failure_reason: string | null;
                /** Format: date-time */
                created_at: string;
                done_at: string | null;
                mailed_at: string | null;
            }[];
            install_links: {
                id: number;
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                expires_at: string;
                revoked_at: string | null;
            }[];
            reveals: {
                actor: string;
                channel: string;
                /** Format: date-time */
                at: string;
            }[];
        };
        GetAdminPaymentAnswer: {
            id: number;
            order_id: number;
            provider: string;
            intent_id: string | null;
            status: string;
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            /** @description In the currency's minor units */
            captured_minor_units: number;
            /** @description In the currency's minor units */
            refunded_minor_units: number;
            /** @description In the currency's minor units */
            disputed_minor_units: number;
            is_counted: boolean;
            surplus_reason: string | null;
            decline_code: string | null;
            /** Format: date-time */
            created_at: string;
            succeeded_at: string | null;
            failed_at: string | null;
            /** @description In the currency's minor units */
            order_amount_minor_units: number;
            order_currency: string;
            order: {
                id: number;
                reference: string;
                status: string;
                kind: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                currency: string;
            };
            user: {
                id: number;
                email: string;
                name: string | null;
            };
            refunds: {
                id: number;
                order_id: number;
                payment_id: number;
                status: string;
                origin: string;
                reason: string;
                currency: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                accepts_loss: boolean;
                provider_refund_id: string | null;
                requested_by: number | null;
                failure_reason: string | null;
                /** Format: date-time */
                created_at: string;
                finished_at: string | null;
            }[];
            disputes: {
                id: number;
                provider: string;
                dispute_id: string;
                payment_id: number;
                order_id: number;
                status: string;
                reason: string;
                currency: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                /** Format: date-time */
                created_at: string;
                respond_by: string | null;
                answered_at: string | null;
                closed_at: string | null;
            }[];
            events: {
                id: number;
                provider: string;
                event_id: string;
                source: string;
                type: string;
                kind: string;
                intent_id: string | null;
                payment_id: number | null;
                outcome: string;
                reason: string | null;
                /** Format: date-time */
                received_at: string;
                applied_at: string | null;
            }[];
            findings: {
                id: number;
                provider: string;
                class: string;
                subject: string;
                action: string;
                detail: unknown;
                /** Format: date-time */
                found_at: string;
                /** Format: date-time */
                seen_at: string;
                closed_at: string | null;
            }[];
        };
        MoneyMove: {
            /** @description UTC */
            day: string;
            /** Format: date-time */
            at: string;
            /** @enum {unknown} */
            kind: "payment" | "refund" | "chargeback" | "fee" | "cost";
            /** @enum {unknown} */
            direction: "in" | "out";
            /** @description Decimal, without a sign; a fee or a cost with all the decimals that it was given with */
            amount: string;
            /** @description Negative for what goes out; fees and costs are rounded */
            amount_minor_units: number;
            currency: string;
            order_id: number;
            order_reference: string;
            plan_id: number;
            /** @description As it was sold */
            plan: string;
            provider: string | null;
            supplier: string | null;
            /** @description Its name in the provider's or supplier's books */
            reference: string | null;
        };
        ExportMoneyJournalAnswer: {
            items: components["schemas"]["MoneyMove"][];
        };
        MoneySums: {
            /** @description UTC */
            day: string;
            plan_id: number;
            /** @description As it was sold */
            plan: string;
            supplier: string | null;
            provider: string | null;
            currency: string;
            payments: number;
            paid_minor_units: number;
            refunded_minor_units: number;
            /** @description Disputes that were lost */
            charged_back_minor_units: number;
            /** @description Decimal, exact: what the payment provider kept */
            fees: string;
            /** @description Rounded */
            fees_minor_units: number;
            /** @description Decimal, exact: what suppliers were paid and did not give back */
            cost: string;
            /** @description Rounded */
            cost_minor_units: number;
            /** @description In this currency: fees and costs in another are in another row */
            margin_minor_units: number;
        };
        ExportMoneySummaryAnswer: {
            items: components["schemas"]["MoneySums"][];
        };
        RefundPreview: {
            order_id: number;
            payment_id: number | null;
            provider: string | null;
            currency: string;
            /** @description In the currency's minor units */
            captured_minor_units: number;
            /** @description In the currency's minor units */
            refunded_minor_units: number;
            /** @description In the currency's minor units */
            refundable_minor_units: number;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            is_whole: boolean;
            /** @description order_not_paid, refund_exceeds_payment, or null */
            refusal: string | null;
            delivery: {
                kind: string | null;
                id: number | null;
                status: string | null;
                installed_at: string | null;
                /** @description none, is_taken_back, is_asked_back, stays, is_stopped, was_not_delivered */
                effect: string;
            };
            needs_accept_loss: boolean;
            needs_idempotency_key: boolean;
            sentences: string[];
        };
        PreviewsItem: {
            name: string;
            /** @enum {unknown} */
            kind: "mail" | "page";
            to: string | null;
            subject: string | null;
            text: string | null;
            /** @description Names of files */
            attachments: string[];
            /** @description The address of its HTML, to be shown in a frame; null: there is only text */
            document: string | null;
        };
        ListPreviewsAnswer: {
            items: components["schemas"]["PreviewsItem"][];
            /** @description Addresses of the public pages */
            shop_pages: string[];
        };
        GetInventoryStatsAnswer: {
            totals: {
                available: number;
                held: number;
                assigned: number;
                withdrawn: number;
            };
            low_stock_threshold: number;
            low_stock_alerts: {
                plan_id: number;
                plan_name: string;
                available: number;
            }[];
        };
        GetAdminOrderAnswer: {
            id: number;
            reference: string;
            status: string;
            kind: string;
            user_id: number;
            email: string;
            currency: string;
            /** @description In the currency's minor units */
            amount_minor_units: number;
            failure_reason: string | null;
            plan_snapshot: unknown;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            paid_at: string | null;
            esim_id: number | null;
            esim_status: string | null;
            esim_parked_reason: string | null;
            top_up_id: number | null;
            top_up_of_esim_id: number | null;
            top_up_status: string | null;
            top_up_parked_reason: string | null;
            user: {
                id: number;
                email: string;
                name: string | null;
            };
            payments: {
                id: number;
                order_id: number;
                provider: string;
                intent_id: string | null;
                status: string;
                currency: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                /** @description In the currency's minor units */
                captured_minor_units: number;
                /** @description In the currency's minor units */
                refunded_minor_units: number;
                /** @description In the currency's minor units */
                disputed_minor_units: number;
                is_counted: boolean;
                surplus_reason: string | null;
                decline_code: string | null;
                /** Format: date-time */
                created_at: string;
                succeeded_at: string | null;
                failed_at: string | null;
                /** @description In the currency's minor units */
                order_amount_minor_units: number;
                order_currency: string;
            }[];
            refunds: {
                id: number;
                order_id: number;
                payment_id: number;
                status: string;
                origin: string;
                reason: string;
                currency: string;
                /** @description In the currency's minor units */
                amount_minor_units: number;
                accepts_loss: boolean;
                provider_refund_id: string | null;
                requested_by: number | null;
                failure_reason: string | null;
                /** Format: date-time */
                created_at: string;
                finished_at: string | null;
            }[];
            previous_order_id: number | null;
            next_order_id: number | null;
            notes: {
                id: number;
                order_id: number | null;
                author: string;
                author_email: string | null;
                text: string;
                /** Format: date-time */
                created_at: string;
            }[];
            timeline: {
                /** Format: date-time */
                at: string;
                source: string;
                what: string;
                outcome: string | null;
                reason: string | null;
                actor: string | null;
            }[];
        };
        NewNote: {
            text: string;
        };
        AddOrderNoteAnswer: {
            id: number;
        };
        AddCustomerNoteAnswer: {
            id: number;
        };
        RemoveNoteAnswer: {
            /** @enum {string} */
            message: "note_removed";
        };
        RetryJobAnswer: {
            message: string;
        };
    };
    responses: {
        /** @description What any request may get */
        AnyProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "expectation_failed" | "header_too_large" | "internal_error" | "method_unknown" | "overloaded" | "request_timeout" | "uri_too_long";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "expectation_failed" | "header_too_large" | "internal_error" | "method_unknown" | "overloaded" | "request_timeout" | "uri_too_long";
                };
            };
        };
        /** @description not_ready: Not ready; overloaded: Temporarily overloaded */
        NotReadyOrOverloaded: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_ready" | "overloaded";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_ready" | "overloaded";
                };
            };
        };
        /** @description bad_request: Bad request; malformed_json: Malformed JSON */
        BadRequestOrMalformedJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "malformed_json";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "malformed_json";
                };
            };
        };
        /** @description conflicting_credentials: Conflicting credentials; invalid_credentials: Invalid token; missing_credentials: Missing credentials; operator_session_over: Operator session over */
        ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflicting_credentials" | "invalid_credentials" | "missing_credentials" | "operator_session_over";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflicting_credentials" | "invalid_credentials" | "missing_credentials" | "operator_session_over";
                };
            };
        };
        /** @description admin_required: Admin access required; cross_site_request: Cross-site request; forbidden: Forbidden; permission_missing: Permission missing; second_factor_required: Second factor required */
        AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "cross_site_request" | "forbidden" | "permission_missing" | "second_factor_required";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "cross_site_request" | "forbidden" | "permission_missing" | "second_factor_required";
                };
            };
        };
        /** @description not_found: Not found */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found";
                };
            };
        };
        /** @description conflict: Conflict */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict";
                };
            };
        };
        /** @description body_too_large: Body too large */
        BodyTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "body_too_large";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "body_too_large";
                };
            };
        };
        /** @description unsupported_media_type: Unsupported media type */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "unsupported_media_type";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "unsupported_media_type";
                };
            };
        };
        /** @description validation_failed: Invalid input */
        ValidationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "validation_failed";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "validation_failed";
                };
            };
        };
        /** @description admin_required: Admin access required; forbidden: Forbidden; permission_missing: Permission missing; second_factor_required: Second factor required */
        AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "forbidden" | "permission_missing" | "second_factor_required";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "forbidden" | "permission_missing" | "second_factor_required";
                };
            };
        };
        /** @description referenced: Still referenced */
        Referenced: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "referenced";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "referenced";
                };
            };
        };
        /** @description conflict: Conflict; referenced: Still referenced */
        ConflictOrReferenced: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "referenced";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "referenced";
                };
            };
        };
        /** @description csv_invalid: Invalid CSV file; validation_failed: Invalid input */
        CsvInvalidOrValidationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "csv_invalid" | "validation_failed";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "csv_invalid" | "validation_failed";
                };
            };
        };
        /** @description email_invalid: Invalid e-mail address; validation_failed: Invalid input */
        EmailInvalidOrValidationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "email_invalid" | "validation_failed";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "email_invalid" | "validation_failed";
                };
            };
        };
        /** @description rate_limited: Too many requests */
        RateLimited: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "rate_limited";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "rate_limited";
                };
            };
        };
        /** @description bad_request: Bad request; invalid_code: Invalid code; malformed_json: Malformed JSON */
        BadRequestOrInvalidCodeOrMalformedJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invalid_code" | "malformed_json";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invalid_code" | "malformed_json";
                };
            };
        };
        /** @description cross_site_request: Cross-site request */
        CrossSiteRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_site_request";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_site_request";
                };
            };
        };
        /** @description too_many_attempts: Too many attempts */
        TooManyAttempts: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "too_many_attempts";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "too_many_attempts";
                };
            };
        };
        /** @description conflicting_credentials: Conflicting credentials; invalid_credentials: Invalid token; missing_credentials: Missing credentials; session_revoked: Session revoked */
        ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrSessionRevoked: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflicting_credentials" | "invalid_credentials" | "missing_credentials" | "session_revoked";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflicting_credentials" | "invalid_credentials" | "missing_credentials" | "session_revoked";
                };
            };
        };
        /** @description conflicting_credentials: Conflicting credentials; invalid_credentials: Invalid token; missing_credentials: Missing credentials */
        ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflicting_credentials" | "invalid_credentials" | "missing_credentials";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflicting_credentials" | "invalid_credentials" | "missing_credentials";
                };
            };
        };
        /** @description deletion_waits: Deletion waits; last_owner: Last owner */
        DeletionWaitsOrLastOwner: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "deletion_waits" | "last_owner";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "deletion_waits" | "last_owner";
                };
            };
        };
        /** @description admin_required: Admin access required; forbidden: Forbidden; permission_missing: Permission missing; second_factor_required: Second factor required; step_up_required: Second factor asked again */
        AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "forbidden" | "permission_missing" | "second_factor_required" | "step_up_required";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "forbidden" | "permission_missing" | "second_factor_required" | "step_up_required";
                };
            };
        };
        /** @description admin_required: Admin access required; cross_site_request: Cross-site request; forbidden: Forbidden; permission_missing: Permission missing; second_factor_required: Second factor required; step_up_required: Second factor asked again */
        AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "cross_site_request" | "forbidden" | "permission_missing" | "second_factor_required" | "step_up_required";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "cross_site_request" | "forbidden" | "permission_missing" | "second_factor_required" | "step_up_required";
                };
            };
        };
        /** @description conflict: Conflict; deletion_waits: Deletion waits */
        ConflictOrDeletionWaits: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "deletion_waits";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "deletion_waits";
                };
            };
        };
        /** @description last_owner: Last owner */
        LastOwner: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "last_owner";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "last_owner";
                };
            };
        };
        /** @description bad_request: Bad request; invitation_invalid: Invalid invitation; malformed_json: Malformed JSON */
        BadRequestOrInvitationInvalidOrMalformedJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invitation_invalid" | "malformed_json";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invitation_invalid" | "malformed_json";
                };
            };
        };
        /** @description admin_required: Admin access required; forbidden: Forbidden; permission_missing: Permission missing */
        AdminRequiredOrForbiddenOrPermissionMissing: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "forbidden" | "permission_missing";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "forbidden" | "permission_missing";
                };
            };
        };
        /** @description admin_required: Admin access required; cross_site_request: Cross-site request; forbidden: Forbidden; permission_missing: Permission missing */
        AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissing: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "cross_site_request" | "forbidden" | "permission_missing";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "admin_required" | "cross_site_request" | "forbidden" | "permission_missing";
                };
            };
        };
        /** @description bad_request: Bad request; malformed_json: Malformed JSON; unsupported_provider: Unsupported payment provider */
        BadRequestOrMalformedJsonOrUnsupportedProvider: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "malformed_json" | "unsupported_provider";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "malformed_json" | "unsupported_provider";
                };
            };
        };
        /** @description order_already_paid: Order already paid; order_not_payable: Order not payable; payment_in_progress: Payment in progress */
        OrderAlreadyPaidOrOrderNotPayableOrPaymentInProgress: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "order_already_paid" | "order_not_payable" | "payment_in_progress";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "order_already_paid" | "order_not_payable" | "payment_in_progress";
                };
            };
        };
        /** @description too_many_declines: Too many declined payments */
        TooManyDeclines: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "too_many_declines";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "too_many_declines";
                };
            };
        };
        /** @description overloaded: Temporarily overloaded; provider_unavailable: Payment provider unavailable */
        OverloadedOrProviderUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "overloaded" | "provider_unavailable";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "overloaded" | "provider_unavailable";
                };
            };
        };
        /** @description bad_request: Bad request; invalid_webhook_signature: Invalid webhook signature; malformed_json: Malformed JSON; unsupported_provider: Unsupported payment provider */
        BadRequestOrInvalidWebhookSignatureOrMalformedJsonOrUnsupportedProvider: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invalid_webhook_signature" | "malformed_json" | "unsupported_provider";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invalid_webhook_signature" | "malformed_json" | "unsupported_provider";
                };
            };
        };
        /** @description forbidden: Forbidden */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "forbidden";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "forbidden";
                };
            };
        };
        /** @description bad_request: Bad request; malformed_json: Malformed JSON; order_not_paid: Order not paid */
        BadRequestOrMalformedJsonOrOrderNotPaid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "malformed_json" | "order_not_paid";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "malformed_json" | "order_not_paid";
                };
            };
        };
        /** @description conflict: Conflict; esim_not_revocable: eSIM cannot be taken back; refund_exceeds_payment: Refund exceeds payment; second_person_required: Second person required */
        ConflictOrEsimNotRevocableOrRefundExceedsPaymentOrSecondPersonRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "esim_not_revocable" | "refund_exceeds_payment" | "second_person_required";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "esim_not_revocable" | "refund_exceeds_payment" | "second_person_required";
                };
            };
        };
        /** @description idempotency_key_invalid: Invalid Idempotency-Key; idempotency_key_required: Idempotency-Key required; idempotency_key_reused: Idempotency-Key reused; validation_failed: Invalid input */
        IdempotencyKeyInvalidOrIdempotencyKeyRequiredOrIdempotencyKeyReusedOrValidationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "idempotency_key_invalid" | "idempotency_key_required" | "idempotency_key_reused" | "validation_failed";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "idempotency_key_invalid" | "idempotency_key_required" | "idempotency_key_reused" | "validation_failed";
                };
            };
        };
        /** @description esim_not_revocable: eSIM cannot be taken back; refund_not_possible: Refund not possible */
        EsimNotRevocableOrRefundNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "esim_not_revocable" | "refund_not_possible";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "esim_not_revocable" | "refund_not_possible";
                };
            };
        };
        /** @description idempotency_key_invalid: Invalid Idempotency-Key; idempotency_key_reused: Idempotency-Key reused; validation_failed: Invalid input */
        IdempotencyKeyInvalidOrIdempotencyKeyReusedOrValidationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "idempotency_key_invalid" | "idempotency_key_reused" | "validation_failed";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "idempotency_key_invalid" | "idempotency_key_reused" | "validation_failed";
                };
            };
        };
        /** @description provisioning_failed: Provisioning failed */
        ProvisioningFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "provisioning_failed";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "provisioning_failed";
                };
            };
        };
        /** @description bad_request: Bad request; invalid_webhook_signature: Invalid webhook signature; malformed_json: Malformed JSON */
        BadRequestOrInvalidWebhookSignatureOrMalformedJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invalid_webhook_signature" | "malformed_json";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "bad_request" | "invalid_webhook_signature" | "malformed_json";
                };
            };
        };
        /** @description out_of_stock: Out of stock */
        OutOfStock: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "out_of_stock";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "out_of_stock";
                };
            };
        };
        /** @description currency_not_offered: Currency not offered; idempotency_key_invalid: Invalid Idempotency-Key; idempotency_key_reused: Idempotency-Key reused; validation_failed: Invalid input */
        CurrencyNotOfferedOrIdempotencyKeyInvalidOrIdempotencyKeyReusedOrValidationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "currency_not_offered" | "idempotency_key_invalid" | "idempotency_key_reused" | "validation_failed";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "currency_not_offered" | "idempotency_key_invalid" | "idempotency_key_reused" | "validation_failed";
                };
            };
        };
        /** @description too_many_orders: Too many orders */
        TooManyOrders: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "too_many_orders";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "too_many_orders";
                };
            };
        };
        /** @description out_of_stock: Out of stock; top_up_not_possible: Top-up not possible */
        OutOfStockOrTopUpNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "out_of_stock" | "top_up_not_possible";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "out_of_stock" | "top_up_not_possible";
                };
            };
        };
        /** @description gone: Gone */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "gone";
                };
                "application/json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "gone";
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    checkLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["AnyProblem"];
        };
    };
    checkHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            503: components["responses"]["NotReadyOrOverloaded"];
            default: components["responses"]["AnyProblem"];
        };
    };
    checkReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            503: components["responses"]["NotReadyOrOverloaded"];
            default: components["responses"]["AnyProblem"];
        };
    };
    resendMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResendMailAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listCountries: {
        parameters: {
            query?: {
                /** @description Beginning of a name in English or Spanish, of a common other name, or of the code */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Country"][];
                };
            };
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listPlans: {
        parameters: {
            query?: {
                /** @description ISO 3166-1 alpha-2, in upper or lower case. Plans of regions that include it are listed too */
                country?: string;
                /** @description Unlimited plans have at least any amount of data */
                min_gb?: number;
                /** @description Leaves unlimited plans out */
                max_gb?: number;
                /** @description In major units of the currency */
                max_price?: number;
                /** @description Exactly so many days */
                days?: number;
                /** @description ISO 4217; the shop's own currency by default */
                currency?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"][];
                };
            };
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getPlan: {
        parameters: {
            query?: {
                /** @description ISO 4217; the shop's own currency by default */
                currency?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanDetail"];
                };
            };
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    findTrips: {
        parameters: {
            query: {
                /** @description ISO 3166-1 alpha-2, once for each country of the trip: country=ES&country=MA */
                country: string[];
                days: number;
                /** @description Gigabytes; any amount by default */
                gb?: number;
                /** @description ISO 4217; the shop's own currency by default */
                currency?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trips"];
                };
            };
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    checkDevice: {
        parameters: {
            query?: {
                /** @description The request's own User-Agent by default */
                user_agent?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceCompatibility"];
                };
            };
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceModel"][];
                };
            };
            default: components["responses"]["AnyProblem"];
        };
    };
    listAdminCountries: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "iso2" | "name" | "created_at" | "updated_at";
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAdminCountriesAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    addCountry: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddCountryBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCountry"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getCountry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCountry"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    replaceCountry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceCountryBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCountry"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    deleteCountry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Referenced"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changeCountry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCountryBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCountry"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listCarriers: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "name" | "created_at" | "updated_at";
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListCarriersAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    addCarrier: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddCarrierBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCarrier"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getCarrier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCarrier"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    replaceCarrier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceCarrierBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCarrier"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    deleteCarrier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Referenced"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changeCarrier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCarrierBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminCarrier"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listAdminPlans: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "sku" | "name" | "data_gb" | "duration_days" | "price_usd" | "country" | "carrier" | "created_at" | "updated_at";
                sort_order?: "asc" | "desc";
                /** @description ISO 3166-1 alpha-2 */
                country?: string;
                carrier_id?: number;
                is_active?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAdminPlansAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    addPlan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddPlanBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminPlan"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            409: components["responses"]["ConflictOrReferenced"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getAdminPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminPlan"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    replacePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacePlanBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminPlan"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    deletePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["ConflictOrReferenced"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePlanBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminPlan"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    importPlans: {
        parameters: {
            query?: {
                /** @description Reports what would happen and changes nothing */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": unknown;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["CsvInvalidOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportPlans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    importCountries: {
        parameters: {
            query?: {
                /** @description Reports what would happen and changes nothing */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": unknown;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["CsvInvalidOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportCountries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    importCarriers: {
        parameters: {
            query?: {
                /** @description Reports what would happen and changes nothing */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": unknown;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["CsvInvalidOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportCarriers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    requestCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestCodeBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestCodeAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["EmailInvalidOrValidationFailed"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["AnyProblem"];
        };
    };
    verifyCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyCodeBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidCodeOrMalformedJson"];
            403: components["responses"]["CrossSiteRequest"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["EmailInvalidOrValidationFailed"];
            429: components["responses"]["TooManyAttempts"];
            default: components["responses"]["AnyProblem"];
        };
    };
    verifyCodeByOldName: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyCodeByOldNameBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidCodeOrMalformedJson"];
            403: components["responses"]["CrossSiteRequest"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["EmailInvalidOrValidationFailed"];
            429: components["responses"]["TooManyAttempts"];
            default: components["responses"]["AnyProblem"];
        };
    };
    refreshSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    refresh_token?: string;
                } | null;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrSessionRevoked"];
            403: components["responses"]["CrossSiteRequest"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    logOut: {
        parameters: {
            query?: {
                /** @description End all of the user's sessions */
                everywhere?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    refresh_token?: string;
                } | null;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogOutAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            403: components["responses"]["CrossSiteRequest"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            default: components["responses"]["AnyProblem"];
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeleteMeAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            409: components["responses"]["DeletionWaitsOrLastOwner"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changeMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMeBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportMeAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveSession"][];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            default: components["responses"]["AnyProblem"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndSessionAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listRateLimits: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "until" | "since" | "count" | "limit";
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRateLimitsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listBusiestAddresses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListBusiestAddressesAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    liftRateLimit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LiftRateLimitBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiftRateLimitAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["EmailInvalidOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    disableUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisableUserAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    enableUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnableUserAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listLogins: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListLoginsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportUser: {
        parameters: {
            query: {
                reason: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportUserAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    previewUserDeletion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewUserDeletionAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetCustomerAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    deleteUser: {
        parameters: {
            query: {
                reason: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeleteUserAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["ConflictOrDeletionWaits"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listTeam: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListTeamAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    removeMember: {
        parameters: {
            query: {
                reason: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemoveMemberAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["LastOwner"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changeRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRoleBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamMember"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["LastOwner"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    inviteMember: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InviteMemberBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamInvitation"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["EmailInvalidOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    revokeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokeInvitationAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptInvitationAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrInvitationInvalidOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListApiKeysAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    makeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MakeApiKeyBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateApiKeyBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    revokeApiKey: {
        parameters: {
            query: {
                reason: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokeApiKeyAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactor"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissing"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    offerSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OfferedSecondFactor"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            default: components["responses"]["AnyProblem"];
        };
    };
    verifySecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifySecondFactorBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifySecondFactorAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidCodeOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissing"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["TooManyAttempts"];
            default: components["responses"]["AnyProblem"];
        };
    };
    confirmSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmSecondFactorBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfirmSecondFactorAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidCodeOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissing"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    resetSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetSecondFactorBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResetSecondFactorAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listOperatorSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListOperatorSessionsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    endOperatorSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndOperatorSessionAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSettingsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changeSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeSettingsBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangeSettingsAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listSettingChanges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: "order_ttl_minutes" | "refund_unused_within_days" | "auto_refund_max_per_hour" | "sync_max_change_percent" | "low_stock_threshold" | "low_balance_days" | "care_low_data_percents" | "care_days_left" | "care_install_after_hours" | "shop_name" | "shop_color" | "shop_accent_color";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSettingChangesAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    createPayment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPayment"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJsonOrUnsupportedProvider"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["OrderAlreadyPaidOrOrderNotPayableOrPaymentInProgress"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["TooManyDeclines"];
            503: components["responses"]["OverloadedOrProviderUnavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    receivePaymentEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderEvent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventReceipt"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidWebhookSignatureOrMalformedJsonOrUnsupportedProvider"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    receivePaymentEventByQuery: {
        parameters: {
            query?: {
                provider?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProviderEvent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventReceipt"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidWebhookSignatureOrMalformedJsonOrUnsupportedProvider"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    refundOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters, with or without quotes. The same key with the same request gives the same result (Idempotent-Replayed: true); with another request it is 422 idempotency_key_reused. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundOrderBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundOrderAnswer"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundOrderAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJsonOrOrderNotPaid"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["ConflictOrEsimNotRevocableOrRefundExceedsPaymentOrSecondPersonRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyInvalidOrIdempotencyKeyRequiredOrIdempotencyKeyReusedOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    approveRefund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveRefundBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproveRefundAnswer"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproveRefundAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["ConflictOrEsimNotRevocableOrRefundExceedsPaymentOrSecondPersonRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    declineRefund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeclineRefundBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeclineRefundAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getReturnOffer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReturnOffer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    returnEsim: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters, with or without quotes. The same key with the same request gives the same result (Idempotent-Replayed: true); with another request it is 422 idempotency_key_reused. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyRefund"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyRefund"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["EsimNotRevocableOrRefundNotPossible"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyInvalidOrIdempotencyKeyReusedOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    replayWebhookEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayWebhookEventAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    retryRefund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryRefundAnswer"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryRefundAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listFindings: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "found_at" | "class";
                sort_order?: "asc" | "desc";
                class?: "paid_not_recorded" | "recorded_not_paid" | "charged_twice" | "amount_differs" | "orphan_intent" | "refund_missing";
                is_open?: boolean;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListFindingsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportFindings: {
        parameters: {
            query?: {
                q?: string;
                class?: "paid_not_recorded" | "recorded_not_paid" | "charged_twice" | "amount_differs" | "orphan_intent" | "refund_missing";
                is_open?: boolean;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    activateEsim: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivateEsimBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Esim"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Esim"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJsonOrOrderNotPaid"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            502: components["responses"]["ProvisioningFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listMyEsims: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Esim"][];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getEsim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Esim"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    markEsimInstalled: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Esim"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getEsimQrSvg: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture, SVG */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getEsimQrPng: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture, PNG */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    createInstallLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateInstallLinkAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["AnyProblem"];
        };
    };
    resendEsimMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResendEsimMailAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    showEsimCodes: {
        parameters: {
            query?: {
                reason?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Esim"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listTopUps: {
        parameters: {
            query?: {
                /** @description ISO 4217; DEFAULT_CURRENCY when left out */
                currency?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUpOffers"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    createTopUpOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters, with or without quotes. The same key with the same request gives the same result (Idempotent-Replayed: true); with another request it is 422 idempotency_key_reused. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrder"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUpOrder"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["OutOfStockOrTopUpNotPossible"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["CurrencyNotOfferedOrIdempotencyKeyInvalidOrIdempotencyKeyReusedOrValidationFailed"];
            429: components["responses"]["TooManyOrders"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listTopUpAttempts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PurchaseAttempt"][];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    decideTopUp: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters, with or without quotes. The same key with the same request gives the same result (Idempotent-Replayed: true); with another request it is 422 idempotency_key_reused. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionResult"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyInvalidOrIdempotencyKeyReusedOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    endEsimLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndEsimLinksAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getMyNotices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetMyNoticesAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changeMyNotices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMyNoticesBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangeMyNoticesAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listEsimAttempts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PurchaseAttempt"][];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    decideEsim: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters, with or without quotes. The same key with the same request gives the same result (Idempotent-Replayed: true); with another request it is 422 idempotency_key_reused. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionResult"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyInvalidOrIdempotencyKeyReusedOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getPlanSuppliers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        supplier: string;
                        package_id: string;
                        top_up_package_id: string | null;
                        /** @description Lower is asked first; the cost decides among equals */
                        rank: number;
                        cost_text: string | null;
                        cost_currency: string | null;
                        paused_reason: string | null;
                        checked_at: string | null;
                    }[];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    replacePlanSuppliers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacePlanSuppliersBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        supplier: string;
                        package_id: string;
                        top_up_package_id: string | null;
                        /** @description Lower is asked first; the cost decides among equals */
                        rank: number;
                        cost_text: string | null;
                        cost_currency: string | null;
                        paused_reason: string | null;
                        checked_at: string | null;
                    }[];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listSuppliers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        supplier: string;
                        balance_text: string | null;
                        balance_currency: string | null;
                        balance_read_at: string | null;
                        problem: string | null;
                        problem_since: string | null;
                        catalogue_read_at: string | null;
                        catalogue_problem: string | null;
                        catalogue_problem_since: string | null;
                        /** @description Of the last 24 hours */
                        purchases: number;
                        not_delivered: number;
                        error_rate: number | null;
                        median_millis: number | null;
                        p95_millis: number | null;
                        paused_plans: number;
                    }[];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listSupplierHistory: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListSupplierHistoryAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getSupplierWebhookAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                supplier: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetSupplierWebhookAddressAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    importStock: {
        parameters: {
            query?: {
                dry_run?: boolean;
                batch?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": unknown;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportStockAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["CsvInvalidOrValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listLowStock: {
        parameters: {
            query?: {
                threshold?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        plan_id: number;
                        sku: string;
                        name: string;
                        available: number;
                        held: number;
                        assigned: number;
                    }[];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    receiveSupplierEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                supplier: string;
            };
            cookie?: never;
        };
        /** @description An event as the supplier sends it */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SupplierEvent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupplierEventReceipt"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidWebhookSignatureOrMalformedJson"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    receiveSupplierEventAtSecretAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                supplier: string;
                secret: string;
            };
            cookie?: never;
        };
        /** @description An event as the supplier sends it */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SupplierEvent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupplierEventReceipt"];
                };
            };
            400: components["responses"]["BadRequestOrInvalidWebhookSignatureOrMalformedJson"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getPriceRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceRuleSet"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    replacePriceRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description `version` is the one that was read */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplacePriceRulesBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceRuleSet"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    simulatePriceRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriceRules"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceSimulation"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listExchangeRates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeRates"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listCatalogueSyncs: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id";
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListCatalogueSyncsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    startCatalogueSync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartCatalogueSyncAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getCatalogueSync: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueSyncDetail"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    applyCatalogueSync: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyCatalogueSyncBody"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplyCatalogueSyncAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    explainPlanPrice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanPrice"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    createOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 printable ASCII characters, with or without quotes. The same key with the same request gives the same result (Idempotent-Replayed: true); with another request it is 422 idempotency_key_reused. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrder"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EsimOrder"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["OutOfStock"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["CurrencyNotOfferedOrIdempotencyKeyInvalidOrIdempotencyKeyReusedOrValidationFailed"];
            429: components["responses"]["TooManyOrders"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listMyOrders: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The id of the last order of the page before */
                before?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"][];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedConsent"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    recordConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Consent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedConsent"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentials"];
            403: components["responses"]["CrossSiteRequest"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "url";
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListWebhookEndpointsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookEndpointBody"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeleteWebhookEndpointAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    changeWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeWebhookEndpointBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "attempted_at";
                sort_order?: "asc" | "desc";
                status?: "pending" | "delivered" | "failed";
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListWebhookDeliveriesAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    redeliverWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                delivery: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedeliverWebhookAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    testWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestWebhookEndpointAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description The sequence of the last event that is known; `next` of the answer before */
                after?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListEventsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            410: components["responses"]["Gone"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getAdminMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operator"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissing"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getAlarmChoices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChoices"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    chooseAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChooseAlarmsBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChoices"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listAdminOrders: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "paid_at" | "amount" | "status";
                sort_order?: "asc" | "desc";
                status?: string;
                esim_status?: string;
                top_up_status?: string;
                kind?: string;
                currency?: string;
                user_id?: number;
                plan_id?: number;
                order_status?: string;
                payment_status?: string;
                user_q?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAdminOrdersAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportAdminOrders: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                esim_status?: string;
                top_up_status?: string;
                kind?: string;
                currency?: string;
                user_id?: number;
                plan_id?: number;
                order_status?: string;
                payment_status?: string;
                user_q?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listPayments: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "amount" | "status";
                sort_order?: "asc" | "desc";
                status?: string;
                provider?: string;
                surplus_reason?: string;
                currency?: string;
                order_id?: number;
                payment_status?: string;
                intent_q?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPaymentsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportPayments: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                provider?: string;
                surplus_reason?: string;
                currency?: string;
                order_id?: number;
                payment_status?: string;
                intent_q?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listRefunds: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "amount" | "status";
                sort_order?: "asc" | "desc";
                status?: string;
                origin?: string;
                currency?: string;
                order_id?: number;
                payment_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRefundsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportRefunds: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                origin?: string;
                currency?: string;
                order_id?: number;
                payment_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listRefundApprovals: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at";
                sort_order?: "asc" | "desc";
                status?: string;
                order_id?: number;
                requested_by?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListRefundApprovalsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportRefundApprovals: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                order_id?: number;
                requested_by?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listDisputes: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "amount";
                sort_order?: "asc" | "desc";
                status?: string;
                payment_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDisputesAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportDisputes: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                payment_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listWebhookEvents: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "received_at";
                sort_order?: "asc" | "desc";
                outcome?: string;
                provider?: string;
                kind?: string;
                payment_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListWebhookEventsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportWebhookEvents: {
        parameters: {
            query?: {
                q?: string;
                outcome?: string;
                provider?: string;
                kind?: string;
                payment_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "email" | "created_at" | "last_login_at";
                sort_order?: "asc" | "desc";
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListUsersAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportUsers: {
        parameters: {
            query?: {
                q?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listAdminEsims: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "provisioned_at" | "status";
                sort_order?: "asc" | "desc";
                status?: string;
                supplier?: string;
                is_parked?: boolean;
                parked_reason?: string;
                order_id?: number;
                user_id?: number;
                esim_status?: string;
                inventory_status?: string;
                user_q?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAdminEsimsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportAdminEsims: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                supplier?: string;
                is_parked?: boolean;
                parked_reason?: string;
                order_id?: number;
                user_id?: number;
                esim_status?: string;
                inventory_status?: string;
                user_q?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listAdminTopUps: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "done_at" | "status";
                sort_order?: "asc" | "desc";
                status?: string;
                supplier?: string;
                is_parked?: boolean;
                parked_reason?: string;
                order_id?: number;
                user_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAdminTopUpsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportAdminTopUps: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                supplier?: string;
                is_parked?: boolean;
                parked_reason?: string;
                order_id?: number;
                user_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listInventory: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "taken_at" | "status";
                sort_order?: "asc" | "desc";
                status?: string;
                plan_id?: string;
                batch?: string;
                inventory_status?: string;
                carrier_id?: number;
                country_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListInventoryAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportInventory: {
        parameters: {
            query?: {
                q?: string;
                status?: string;
                plan_id?: string;
                batch?: string;
                inventory_status?: string;
                carrier_id?: number;
                country_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "run_at" | "attempts";
                sort_order?: "asc" | "desc";
                task?: string;
                status?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListJobsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportJobs: {
        parameters: {
            query?: {
                q?: string;
                task?: string;
                status?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listMails: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "created_at" | "attempts" | "status";
                sort_order?: "asc" | "desc";
                kind?: string;
                status?: string;
                last_error?: string;
                order_id?: number;
                user_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListMailsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportMails: {
        parameters: {
            query?: {
                q?: string;
                kind?: string;
                status?: string;
                last_error?: string;
                order_id?: number;
                user_id?: number;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listAuditLog: {
        parameters: {
            query?: {
                /** @description From 1 */
                page?: number;
                page_size?: number;
                /** @description Finds this text, without regard to case */
                q?: string;
                sort_by?: "id" | "at";
                sort_order?: "asc" | "desc";
                subject?: string;
                actor?: string;
                action?: string;
                request_id?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description The `next_cursor` of the answer before, in place of `page`; for lists sorted by id */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListAuditLogAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportAuditLog: {
        parameters: {
            query?: {
                q?: string;
                subject?: string;
                actor?: string;
                action?: string;
                request_id?: string;
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequiredOrStepUpRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    searchShop: {
        parameters: {
            query?: {
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchShopAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getSummary: {
        parameters: {
            query?: {
                /** @description A date-time */
                since?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetSummaryAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getAdminEsim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetAdminEsimAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getAdminPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetAdminPaymentAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportMoneyJournal: {
        parameters: {
            query?: {
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description csv by default */
                format?: "csv" | "json";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8, or JSON */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/json": components["schemas"]["ExportMoneyJournalAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    exportMoneySummary: {
        parameters: {
            query?: {
                /** @description A date (UTC) or a date-time; inclusive */
                from?: string;
                /** @description A date (UTC) or a date-time; exclusive */
                to?: string;
                /** @description csv by default */
                format?: "csv" | "json";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV in UTF-8, or JSON */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/json": components["schemas"]["ExportMoneySummaryAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    previewRefund: {
        parameters: {
            query?: {
                amount_minor_units?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundPreview"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listPreviews: {
        parameters: {
            query?: {
                language?: "en" | "es";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPreviewsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getPreviewDocument: {
        parameters: {
            query?: {
                language?: "en" | "es";
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getInventoryStats: {
        parameters: {
            query?: {
                low_stock_threshold?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetInventoryStatsAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getAdminOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetAdminOrderAnswer"];
                };
            };
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    addOrderNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNote"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddOrderNoteAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    addCustomerNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNote"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddCustomerNoteAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    removeNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemoveNoteAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryJobAnswer"];
                };
            };
            400: components["responses"]["BadRequestOrMalformedJson"];
            401: components["responses"]["ConflictingCredentialsOrInvalidCredentialsOrMissingCredentialsOrOperatorSessionOver"];
            403: components["responses"]["AdminRequiredOrCrossSiteRequestOrForbiddenOrPermissionMissingOrSecondFactorRequired"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["ValidationFailed"];
            default: components["responses"]["AnyProblem"];
        };
    };
}
