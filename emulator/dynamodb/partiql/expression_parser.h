// The part of the parser that reads expressions, and the cursor that it shares with the part that
// reads statements.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/partiql/lexer.h"
#include "dynamodb/partiql/syntax.h"

namespace offstage::dynamodb::partiql {

// Thread-compatible. Every failure is a ValidationException, see parser.h.
class ExpressionParser {
 public:
  // `tokens` ends with kEnd and outlives the parser.
  explicit ExpressionParser(const std::vector<Token>& tokens) : tokens_(tokens) {}
  virtual ~ExpressionParser() = default;
  ExpressionParser(const ExpressionParser&) = delete;
  ExpressionParser& operator=(const ExpressionParser&) = delete;

 protected:
  const Token& Here() const { return tokens_[at_]; }
  const Token& Ahead() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
  void Advance() {
    if (at_ + 1 < tokens_.size()) ++at_;
  }
  bool Is(TokenKind kind) const { return Here().kind == kind; }
  bool IsOperator(std::string_view sign) const {
    return Is(TokenKind::kOperator) && Here().text == sign;
  }
  // A keyword, or a word that is one only where it stands (RETURNING, OLD, ...); in lower case.
  bool IsWord(std::string_view word) const;
  bool TakeWord(std::string_view word);
  bool Take(TokenKind kind);

  // "Statement wasn't well formed, can't be processed: " and `detail`.
  static Failure<aws::ApiError> Malformed(std::string_view detail);

  aws::Outcome<Expression> ParseExpression() { return ParseOr(); }
  // A name and what follows it: `a.b[0]`. No function, no operator.
  aws::Outcome<Expression> ParseSimplePath();
  std::size_t parameters() const { return parameters_; }

 private:
  // What EXISTS(...) asks; of the statement parser.
  virtual aws::Outcome<SelectStatement> ParseInnerSelect() = 0;

  aws::Outcome<Expression> ParseOr();
  aws::Outcome<Expression> ParseAnd();
  aws::Outcome<Expression> ParseNot();
  aws::Outcome<Expression> ParseComparison();
  aws::Outcome<Expression> ParseTail(Expression left);
  aws::Outcome<Expression> ParseIs(Expression left);
  aws::Outcome<Expression> ParseBetween(Expression left);
  aws::Outcome<Expression> ParseSum();
  aws::Outcome<Expression> ParseProduct();
  aws::Outcome<Expression> ParseUnary();
  aws::Outcome<Expression> ParseTerm();
  aws::Outcome<Expression> ParseKeywordTerm();
  aws::Outcome<Expression> ParsePathTail(Expression path);
  aws::Outcome<Expression> ParseCall();
  aws::Outcome<Expression> ParseExists();
  aws::Outcome<Expression> ParseGroup();
  aws::Outcome<Expression> ParseList(Expression::Kind kind, TokenKind end);
  aws::Outcome<Expression> ParseStruct();
  aws::Outcome<std::string> ParseTypeName();
  aws::Outcome<Unit> ExpectOperand() const;

  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  std::size_t parameters_ = 0;
  int depth_ = 0;
};

}  // namespace offstage::dynamodb::partiql
