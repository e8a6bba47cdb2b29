// Parse trees of PartiQL statements: what was written, nothing looked up. Immutable once parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dynamodb/partiql/lexer.h"

namespace offstage::dynamodb::partiql {

struct SelectStatement;

struct Expression {
  enum class Kind : std::uint8_t {
    // `text`
    kString,
    // `text`, with its sign
    kNumber,
    kTrue,
    kFalse,
    kNull,
    kMissing,
    // `index`: counted from 0
    kParameter,
    // `parts`: a name, then kString (a name) and kNumber (an index) in turn
    kPath,
    // `text`: the function as written; `parts`: arguments
    kCall,
    kList,
    kBag,
    // `parts`: key, value, key, value, ...
    kStruct,
    kAnd,
    kOr,
    kNot,
    // `text`: the operator; two parts
    kCompare,
    // Three parts
    kBetween,
    // The value, then the candidates, in one kList or whatever else was written
    kIn,
    // `text`: the type in lower case; one part
    kIs,
    // `text`: the operator; two parts
    kArithmetic,
    // EXISTS(SELECT ...)
    kExists,
    kStar,
  };
  Kind kind = Kind::kNull;
  std::string text;
  std::size_t index = 0;
  Position position;
  std::vector<Expression> parts;
  // Of kExists. Shared because trees are copied and never changed.
  std::shared_ptr<const SelectStatement> select;
};

struct TableRef {
  std::string table;
  // Empty: the table itself.
  std::string index;
};

struct OrderTerm {
  Expression key;
  bool descending = false;
};

struct SelectStatement {
  // Empty: *
  std::vector<Expression> projection;
  TableRef from;
  std::optional<Expression> where;
  std::vector<OrderTerm> order;
};

struct InsertStatement {
  TableRef into;
  Expression item;
};

enum class Returning : std::uint8_t { kNothing, kAllOld, kModifiedOld, kAllNew, kModifiedNew };
// "ALL OLD"
std::string_view ToText(Returning returning);

struct UpdateClause {
  bool removes = false;
  Expression path;
  // Not of REMOVE.
  Expression value;
};

struct UpdateStatement {
  TableRef table;
  std::vector<UpdateClause> clauses;
  std::optional<Expression> where;
  Returning returning = Returning::kNothing;
};

struct DeleteStatement {
  TableRef from;
  std::optional<Expression> where;
  Returning returning = Returning::kNothing;
};

struct Statement {
  enum class Kind : std::uint8_t { kSelect, kInsert, kUpdate, kDelete, kExists };
  Kind kind = Kind::kSelect;
  // Also what EXISTS asks.
  SelectStatement select;
  InsertStatement insert;
  UpdateStatement update;
  DeleteStatement remove;
  // How many `?` it has.
  std::size_t parameters = 0;

  bool reads() const { return kind == Kind::kSelect; }
  const TableRef& table() const;
};

}  // namespace offstage::dynamodb::partiql
