#include "dynamodb/partiql/parser.h"

#include <fmt/format.h>

#include "base/text.h"
#include "dynamodb/partiql/expression_parser.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb::partiql {

namespace {

using Kind = Expression::Kind;

constexpr std::string_view kAliasing = "Aliasing is not supported";

class StatementParser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  aws::Outcome<Statement> Run() {
    OFFSTAGE_TRY(Statement statement, ParseStatement());
    (void)Take(TokenKind::kSemicolon);
    if (!Is(TokenKind::kEnd)) return Malformed("Unexpected token after expression");
    if (refusal_) return Fail(*std::move(refusal_));
    statement.parameters = parameters();
    return statement;
  }

 private:
  // What the language allows and the service does not is reported once the whole text was read.
  void Refuse(std::string message) {
    if (!refusal_) refusal_ = aws::ApiError{.type = "ValidationException", .message = message};
  }

  aws::Outcome<Statement> ParseStatement() {
    Statement out;
    if (IsWord("select") && Is(TokenKind::kKeyword)) {
      OFFSTAGE_TRY(out.select, ParseSelect());
    } else if (IsWord("insert")) {
      out.kind = Statement::Kind::kInsert;
      OFFSTAGE_TRY(out.insert, ParseInsert());
    } else if (IsWord("update")) {
      out.kind = Statement::Kind::kUpdate;
      OFFSTAGE_TRY(out.update, ParseUpdate());
    } else if (IsWord("from")) {
      out.kind = Statement::Kind::kUpdate;
      OFFSTAGE_TRY(out.update, ParseFromFirst());
    } else if (IsWord("delete")) {
      out.kind = Statement::Kind::kDelete;
      OFFSTAGE_TRY(out.remove, ParseDelete());
    } else {
      OFFSTAGE_TRY(const Expression expression, ParseExpression());
      if (expression.kind == Kind::kExists) {
        out.kind = Statement::Kind::kExists;
        out.select = *expression.select;
      } else {
        Refuse(fmt::format("Unsupported operation: {}", OperationName(expression)));
      }
    }
    return out;
  }

  // The service's names for what an expression is.
  static std::string_view OperationName(const Expression& expression) {
    switch (expression.kind) {
      case Kind::kIs:
        return "IsType";
      case Kind::kCall:
        return "Call";
      case Kind::kPath:
        return expression.parts.size() == 1 ? "Id" : "Path";
      case Kind::kAnd:
        return "And";
      case Kind::kOr:
        return "Or";
      case Kind::kNot:
        return "Not";
      case Kind::kBetween:
        return "Between";
      case Kind::kIn:
        return "InCollection";
      case Kind::kList:
        return "List";
      case Kind::kBag:
        return "Bag";
      case Kind::kStruct:
        return "Struct";
      case Kind::kParameter:
        return "Parameter";
      case Kind::kArithmetic:
        return expression.text == "like" ? "Like" : "Plus";
      case Kind::kCompare:
        return "Eq";
      default:
        return "Lit";
    }
  }

  aws::Outcome<SelectStatement> ParseInnerSelect() override { return ParseSelect(); }

  aws::Outcome<SelectStatement> ParseSelect() {
    Advance();
    SelectStatement out;
    OFFSTAGE_TRY_VOID(ParseProjection(out));
    if (!TakeWord("from")) return Malformed("Expected FROM");
    if (!Is(TokenKind::kIdentifier) && !Is(TokenKind::kQuotedIdentifier))
      return Malformed(Is(TokenKind::kKeyword) ? "Unexpected keyword" : "Unexpected term");
    OFFSTAGE_TRY(out.from, ParseTable());
    OFFSTAGE_TRY_VOID(ParseAlias());
    if (TakeWord("where")) {
      OFFSTAGE_TRY(out.where, ParseExpression());
    }
    if (IsWord("order")) OFFSTAGE_TRY_VOID(ParseOrder(out));
    return out;
  }

  aws::Outcome<Unit> ParseProjection(SelectStatement& out) {
    if (IsOperator("*")) {
      Advance();
      return Ok();
    }
    do {
      OFFSTAGE_TRY(Expression item, ParseExpression());
      if (IsWord("as")) {
        Advance();
        if (!Is(TokenKind::kIdentifier) && !Is(TokenKind::kQuotedIdentifier))
          return Malformed("Expected identifier for alias");
        Advance();
        Refuse(std::string(kAliasing));
      }
      out.projection.push_back(std::move(item));
    } while (Take(TokenKind::kComma));
    return Ok();
  }

  // "T" or "T"."index".
  aws::Outcome<TableRef> ParseTable() {
    OFFSTAGE_TRY(const Expression path, ParseSimplePath());
    TableRef out;
    out.table = path.parts[0].text;
    if (path.parts.size() > 2 || (path.parts.size() == 2 && path.parts[1].kind != Kind::kString)) {
      return Malformed("Invalid path dot component in this operation");
    }
    if (path.parts.size() == 2) out.index = path.parts[1].text;
    return out;
  }

  aws::Outcome<Unit> ParseAlias() {
    if (TakeWord("as")) {
      if (!Is(TokenKind::kIdentifier) && !Is(TokenKind::kQuotedIdentifier))
        return Malformed("Expected identifier for alias");
    } else if (IsWord("returning") ||
               (!Is(TokenKind::kIdentifier) && !Is(TokenKind::kQuotedIdentifier))) {
      return Ok();
    }
    Advance();
    Refuse(std::string(kAliasing));
    return Ok();
  }

  aws::Outcome<Unit> ParseOrder(SelectStatement& out) {
    Advance();
    if (!TakeWord("by")) return Malformed("Expected BY");
    do {
      OrderTerm term;
      OFFSTAGE_TRY(term.key, ParseExpression());
      if (!TakeWord("asc")) term.descending = TakeWord("desc");
      out.order.push_back(std::move(term));
    } while (Take(TokenKind::kComma));
    return Ok();
  }

  aws::Outcome<InsertStatement> ParseInsert() {
    Advance();
    if (!TakeWord("into")) return Malformed("Expected INTO");
    InsertStatement out;
    OFFSTAGE_TRY(out.into, ParseTable());
    // An alias is a left-over token here.
    if (!TakeWord("value")) {
      return Malformed(Is(TokenKind::kEnd) ? "Unexpected term"
                                           : "Unexpected token after expression");
    }
    OFFSTAGE_TRY(out.item, ParseExpression());
    return out;
  }

  aws::Outcome<UpdateStatement> ParseUpdate() {
    Advance();
    UpdateStatement out;
    OFFSTAGE_TRY(out.table, ParseTable());
    OFFSTAGE_TRY_VOID(ParseAlias());
    OFFSTAGE_TRY_VOID(ParseClauses(out));
    if (TakeWord("where")) {
      OFFSTAGE_TRY(out.where, ParseExpression());
    }
    OFFSTAGE_TRY(out.returning, ParseReturning());
    return out;
  }

  // FROM "T" WHERE ... SET ...
  aws::Outcome<UpdateStatement> ParseFromFirst() {
    Advance();
    UpdateStatement out;
    OFFSTAGE_TRY(out.table, ParseTable());
    OFFSTAGE_TRY_VOID(ParseAlias());
    if (TakeWord("where")) {
      OFFSTAGE_TRY(out.where, ParseExpression());
    }
    OFFSTAGE_TRY_VOID(ParseClauses(out));
    OFFSTAGE_TRY(out.returning, ParseReturning());
    return out;
  }

  aws::Outcome<Unit> ParseClauses(UpdateStatement& out) {
    while (IsWord("set") || IsWord("remove")) {
      const bool removes = IsWord("remove");
      Advance();
      do {
        UpdateClause clause;
        clause.removes = removes;
        OFFSTAGE_TRY(clause.path, ParseSimplePath());
        if (!removes) {
          if (!IsOperator("=")) return Malformed("Expected EQ");
          Advance();
          OFFSTAGE_TRY(clause.value, ParseExpression());
        }
        out.clauses.push_back(std::move(clause));
      } while (Take(TokenKind::kComma));
    }
    if (out.clauses.empty()) return Malformed("Expected data manipulation");
    return Ok();
  }

  aws::Outcome<DeleteStatement> ParseDelete() {
    Advance();
    if (!TakeWord("from")) return Malformed("Expected FROM");
    DeleteStatement out;
    OFFSTAGE_TRY(out.from, ParseTable());
    OFFSTAGE_TRY_VOID(ParseAlias());
    if (TakeWord("where")) {
      OFFSTAGE_TRY(out.where, ParseExpression());
    }
    OFFSTAGE_TRY(out.returning, ParseReturning());
    return out;
  }

  aws::Outcome<Returning> ParseReturning() {
    if (!TakeWord("returning")) return Returning::kNothing;
    const bool modified = IsWord("modified");
    if (!modified && !IsWord("all")) return Malformed("Expected ALL or MODIFIED");
    Advance();
    const bool old = IsWord("old");
    if (!old && !IsWord("new")) return Malformed("Expected OLD or NEW");
    Advance();
    if (!IsOperator("*")) return Malformed("Expected STAR");
    Advance();
    if (modified) return old ? Returning::kModifiedOld : Returning::kModifiedNew;
    return old ? Returning::kAllOld : Returning::kAllNew;
  }

  std::optional<aws::ApiError> refusal_;
};

}  // namespace

std::string_view ToText(Returning returning) {
  switch (returning) {
    case Returning::kAllOld:
      return "ALL OLD";
    case Returning::kModifiedOld:
      return "MODIFIED OLD";
    case Returning::kAllNew:
      return "ALL NEW";
    case Returning::kModifiedNew:
      return "MODIFIED NEW";
    case Returning::kNothing:
      break;
  }
  return "";
}

const TableRef& Statement::table() const {
  switch (kind) {
    case Kind::kInsert:
      return insert.into;
    case Kind::kUpdate:
      return update.table;
    case Kind::kDelete:
      return remove.from;
    default:
      return select.from;
  }
}

aws::Outcome<Statement> Parse(std::string_view text) {
  if (!IsValidUtf8(text)) {
    return Invalid("Statement wasn't well formed, can't be processed: ");
  }
  const auto tokens = Tokenize(text);
  if (!tokens) return Invalid("Statement wasn't well formed, can't be processed: ");
  return StatementParser(*tokens).Run();
}

}  // namespace offstage::dynamodb::partiql
