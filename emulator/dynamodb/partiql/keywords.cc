#include "dynamodb/partiql/keywords.h"

#include <algorithm>
#include <array>

namespace offstage::dynamodb::partiql {

namespace {

// In order.
constexpr std::string_view kWords[] = {
    "absolute",      "action",        "add",
    "all",           "allocate",      "alter",
    "and",           "any",           "are",
    "as",            "asc",           "assertion",
    "at",            "authorization", "avg",
    "bag",           "begin",         "between",
    "bit",           "bit_length",    "blob",
    "bool",          "boolean",       "both",
    "by",            "cascade",       "cascaded",
    "case",          "cast",          "catalog",
    "char",          "char_length",   "character",
    "character_length", "check",      "clob",
    "close",         "coalesce",      "collate",
    "collation",     "column",        "commit",
    "connect",       "connection",    "constraint",
    "constraints",   "continue",      "convert",
    "corresponding", "count",         "create",
    "cross",         "current",       "current_date",
    "current_time",  "current_timestamp", "current_user",
    "cursor",        "date",          "deallocate",
    "dec",           "decimal",       "declare",
    "default",       "deferrable",    "deferred",
    "delete",        "desc",          "describe",
    "descriptor",    "diagnostics",   "disconnect",
    "distinct",      "domain",        "double",
    "drop",          "else",          "end",
    "end-exec",      "escape",        "except",
    "exception",     "exec",          "execute",
    "exists",        "external",      "extract",
    "false",         "fetch",         "first",
    "float",         "for",           "foreign",
    "found",         "from",          "full",
    "get",           "global",        "go",
    "goto",          "grant",         "group",
    "having",        "identity",      "immediate",
    "in",            "index",         "indicator",
    "initially",     "inner",         "input",
    "insensitive",   "insert",        "int",
    "int4",          "int8",          "integer",
    "intersect",     "interval",      "into",
    "is",            "isolation",     "join",
    "key",           "language",      "last",
    "left",          "level",         "like",
    "limit",         "list",          "local",
    "lower",         "match",         "max",
    "min",           "missing",       "module",
    "names",         "national",      "natural",
    "nchar",         "next",          "no",
    "not",           "null",          "nullif",
    "numeric",       "octet_length",  "of",
    "on",            "only",          "open",
    "option",        "or",            "order",
    "outer",         "output",        "overlaps",
    "pad",           "partial",       "pivot",
    "position",      "precision",     "prepare",
    "preserve",      "primary",       "prior",
    "privileges",    "procedure",     "public",
    "read",          "real",          "references",
    "relative",      "remove",        "restrict",
    "revoke",        "right",         "rollback",
    "rows",          "schema",        "scroll",
    "section",       "select",        "session",
    "session_user",  "set",           "sexp",
    "size",          "smallint",      "some",
    "space",         "sql",           "sqlcode",
    "sqlerror",      "sqlstate",      "string",
    "struct",        "substring",     "sum",
    "symbol",        "system_user",   "table",
    "temporary",     "then",          "time",
    "timestamp",     "to",            "transaction",
    "translate",     "translation",   "trim",
    "true",          "tuple",         "union",
    "unique",        "unknown",       "unpivot",
    "update",        "upper",         "usage",
    "user",          "using",         "value",
    "values",        "varchar",       "varying",
    "view",          "when",          "whenever",
    "where",         "with",          "work",
    "write",         "zone",
};

constexpr std::string_view kOperatorWords[] = {"and", "between", "in", "is", "like", "not", "or"};

template <std::size_t N>
bool Has(const std::string_view (&words)[N], std::string_view word) {
  return std::binary_search(std::begin(words), std::end(words), word);
}

}  // namespace

bool IsKeyword(std::string_view word) {
  return Has(kWords, word);
}
bool IsOperatorWord(std::string_view word) {
  return Has(kOperatorWords, word);
}

}  // namespace offstage::dynamodb::partiql
