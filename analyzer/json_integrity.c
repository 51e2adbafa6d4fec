/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/json_integrity.h"

void json_put_integrity(JsonBuilder *json, const turn_integrity *integrity) {
    g_autofree char *forms = turn_integrity_forms(integrity);

    if (!turn_integrity_any(integrity)) {
        json_put_string(json, "integrity", NULL);
        return;
    }
    json_begin_object(json, "integrity");
    json_put_number(json, "requests_verified", integrity->requests_verified);
    json_put_number(json, "requests_failed", integrity->requests_failed);
    json_put_number(json, "responses_verified", integrity->responses_verified);
    json_put_number(json, "responses_failed", integrity->responses_failed);
    json_put_number(json, "indications_verified", integrity->indications_verified);
    json_put_number(json, "indications_failed", integrity->indications_failed);
    json_put_number(json, "unchecked", integrity->unchecked);
    json_put_number(json, "other_realm", integrity->other_realm);
    json_put_string(json, "form", forms);
    json_put_number_or_null(json, "request_password", integrity->request_password,
                            integrity->request_password > 0);
    json_put_number_or_null(json, "response_password", integrity->response_password,
                            integrity->response_password > 0);
    json_builder_end_object(json);
}

void json_put_integrity_if_any(JsonBuilder *json, const turn_integrity *integrity) {
    if (turn_integrity_any(integrity)) {
        json_put_integrity(json, integrity);
    }
}
