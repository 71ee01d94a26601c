-- a copy sends no text messages
UPDATE res_company SET drk_sms_provider = 'off', drk_sms_token = NULL;
