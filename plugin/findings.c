/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/findings.h"

#include "turn/report/printable.h"

#include <epan/expert.h>

static int hf_cause;
static int hf_level;
static int hf_summary;
static gint ett_finding = WS_ETT_INIT;

/* One for each cause, in the order of the table. */
static expert_field *experts;

/* One place in a finding, for the frame that it points to. */
typedef struct mark {
    const turn_finding *finding; /* borrowed, like the evidence */
    const turn_evidence *evidence;
} mark;

static GHashTable *marks; /* frame number to GArray of mark, owned; NULL until the judgement */

static int severity_of(turn_level level) {
    switch (level) {
    case TURN_LEVEL_FAILED:
        return PI_ERROR;
    case TURN_LEVEL_DEGRADED:
        return PI_WARN;
    default:
        return PI_NOTE;
    }
}

static void register_experts(void) {
    expert_module_t *module = expert_register_protocol(proto_mstun);
    gsize count;
    const turn_cause *causes = turn_cause_table(&count);
    ei_register_info *infos = wmem_alloc0_array(wmem_epan_scope(), ei_register_info, count);

    experts = wmem_alloc0_array(wmem_epan_scope(), expert_field, count);
    for (gsize i = 0; i < count; i++) {
        experts[i] = (expert_field)EI_INIT;
        infos[i].ids = &experts[i];
        infos[i].eiinfo.name =
            wmem_strdup_printf(wmem_epan_scope(), "mstun.cause.%s", causes[i].identifier);
        infos[i].eiinfo.group = PI_SEQUENCE;
        infos[i].eiinfo.severity = severity_of(causes[i].level);
        infos[i].eiinfo.summary = causes[i].title;
    }
    expert_register_field_array(module, infos, (int)count);
}

void mstun_findings_register(void) {
    static hf_register_info fields[] = {
        {&hf_cause,
         {"Cause", "mstun.cause", FT_STRING, BASE_NONE, NULL, 0,
          "What the frame is evidence of; the identifier that the report has", HFILL}},
        {&hf_level,
         {"Level", "mstun.cause.level", FT_STRING, BASE_NONE, NULL, 0,
          "failed, degraded or inconclusive", HFILL}},
        {&hf_summary,
         {"Evidence", "mstun.cause.evidence", FT_STRING, BASE_NONE, NULL, 0,
          "What this frame has to do with it", HFILL}},
    };
    static gint *subtrees[] = {&ett_finding};

    proto_register_field_array(proto_mstun, fields, array_length(fields));
    proto_register_subtree_array(subtrees, array_length(subtrees));
    register_experts();
}

static void show_finding(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const turn_finding *finding, const turn_evidence *evidence) {
    gsize count;
    const turn_cause *causes = turn_cause_table(&count);
    expert_field *expert = &experts[finding->cause - causes];
    proto_item *item = proto_tree_add_protocol_format(
        tree, proto_mstun, tvb, 0, 0, "STUN and TURN diagnosis: %s", finding->cause->title);
    proto_tree *shown = proto_item_add_subtree(item, ett_finding);
    g_autofree char *summary = turn_printable_text(evidence->summary);

    proto_item_set_generated(item);
    item = proto_tree_add_string(shown, hf_cause, tvb, 0, 0, finding->cause->identifier);
    proto_item_set_generated(item);
    expert_add_info_format(pinfo, item, expert, "%s (frame %u: %s)", finding->cause->title,
                           evidence->seen.frame, summary);
    proto_item_set_generated(
        proto_tree_add_string(shown, hf_level, tvb, 0, 0, turn_level_name(finding->level)));
    proto_item_set_generated(proto_tree_add_string(shown, hf_summary, tvb, 0, 0, summary));
}

static void note_evidence(const turn_finding *finding, const turn_evidence *evidence) {
    const mark added = {.finding = finding, .evidence = evidence};
    gpointer key = GUINT_TO_POINTER(evidence->seen.frame);
    GArray *of_frame = g_hash_table_lookup(marks, key);

    if (of_frame == NULL) {
        of_frame = g_array_new(FALSE, FALSE, sizeof(mark));
        g_hash_table_insert(marks, key, of_frame);
    }
    g_array_append_val(of_frame, added);
}

void mstun_findings_begin(const turn_judgement *judgement) {
    marks = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        for (guint k = 0; k < finding->evidence->len; k++) {
            note_evidence(finding, &g_array_index(finding->evidence, turn_evidence, k));
        }
    }
}

void mstun_findings_end(void) {
    g_clear_pointer(&marks, g_hash_table_destroy);
}

gboolean mstun_findings_concern(const packet_info *pinfo) {
    return marks != NULL && g_hash_table_contains(marks, GUINT_TO_POINTER(pinfo->num));
}

void mstun_findings_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree) {
    const GArray *of_frame =
        marks != NULL ? g_hash_table_lookup(marks, GUINT_TO_POINTER(pinfo->num)) : NULL;
    const char *protocol = pinfo->current_proto;

    pinfo->current_proto = "MSTUN"; /* what Expert Information lists them under */
    for (guint i = 0; of_frame != NULL && i < of_frame->len; i++) {
        const mark *at = &g_array_index(of_frame, mark, i);

        show_finding(tvb, pinfo, tree, at->finding, at->evidence);
    }
    pinfo->current_proto = protocol;
}
