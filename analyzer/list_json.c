/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/list_json.h"

#include "analyzer/json_put.h"
#include "analyzer/version.h"

static gboolean is_number(turn_list_column column) {
    return column == TURN_LIST_SESSION || column == TURN_LIST_PEERS || column == TURN_LIST_SECONDS;
}

static void put_cell(JsonBuilder *json, const turn_list_row *row, turn_list_column column) {
    const char *cell = row->cells[column];

    if (cell == NULL || !is_number(column)) {
        json_put_string(json, turn_list_column_name(column), cell);
    } else if (column == TURN_LIST_SECONDS) {
        json_builder_set_member_name(json, turn_list_column_name(column));
        json_builder_add_double_value(json, g_ascii_strtod(cell, NULL));
    } else {
        json_put_number(json, turn_list_column_name(column), g_ascii_strtoull(cell, NULL, 10));
    }
}

char *list_json_write(const turn_list *self) {
    g_autoptr(JsonBuilder) json = json_builder_new();

    json_builder_begin_object(json);
    json_put_string(json, "schema", "turnpcap.list/1");
    json_put_string(json, "generator", "turnpcap " TURNPCAP_VERSION);
    json_begin_array(json, "sessions");
    for (guint i = 0; i < self->rows->len; i++) {
        json_builder_begin_object(json);
        for (gsize column = 0; column < TURN_LIST_COLUMNS; column++) {
            put_cell(json, g_ptr_array_index(self->rows, i), column);
        }
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    return json_put_end(json);
}
