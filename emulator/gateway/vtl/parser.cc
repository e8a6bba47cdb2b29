#include "gateway/vtl/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/vtl/cursor.h"
#include "gateway/vtl/expression_parser.h"

namespace offstage::gateway::vtl {

namespace {

// What ended a block.
enum class Ending { kText, kEnd, kElse, kElseIf };

class BodyParser {
 public:
  // `macros` and `depth` are shared with the parsers of texts inside texts.
  BodyParser(std::string_view text, std::map<std::string, Macro>& macros, int& depth)
      : cursor_(text), macros_(macros), depth_(depth), expressions_(cursor_, depth_, Inner()) {}

  Result<Block> Parse() {
    OFFSTAGE_TRY(Block block, ParseBlock());
    if (ending_ == Ending::kText) return block;
    return Fail(expressions_.Problem("#end or #else without #if, #foreach, #macro or #define"));
  }

 private:
  BlockParser Inner() {
    return [this](std::string_view text) -> Result<Block> {
      if (depth_ >= kMaxNesting) return Fail(Error{"nested too deeply"});
      const int before = depth_;
      ++depth_;
      Result<Block> block = BodyParser(text, macros_, depth_).Parse();
      depth_ = before;
      return block;
    };
  }

  // Up to the end of the text or a directive that ends a block; `ending_` says which.
  Result<Block> ParseBlock();
  // Nothing was taken when false.
  Result<bool> ParseDirective(Block& block);
  Result<bool> ParseEscape(Block& block);
  Result<bool> ParseNamed(Block& block, bool braces);
  Status ParseReference(Block& block);
  Status ParseSet(Block& block);
  Status ParseIf(Block& block);
  Status ParseForeach(Block& block);
  Status ParseMacro();
  Status ParseDefine(Block& block);
  Result<bool> ParseMacroCall(Block& block, std::size_t start, std::string_view name);
  // A block that only #end may close.
  Result<Block> ParseBodyUntilEnd(std::string_view directive);
  Result<ExpressionPtr> ParseCondition();

  bool SkipComment();
  bool TakeDirectiveWord(std::string_view word, bool braces);
  bool OpenBracket() {
    cursor_.SkipBlanks();
    return cursor_.Take("(");
  }

  static Node& Append(Block& block, Node::Kind kind) {
    block.nodes.push_back(std::make_unique<Node>());
    block.nodes.back()->kind = kind;
    return *block.nodes.back();
  }
  static void AppendText(Block& block, std::string_view text) {
    if (text.empty()) return;
    if (block.nodes.empty() || block.nodes.back()->kind != Node::Kind::kText)
      Append(block, Node::Kind::kText);
    block.nodes.back()->text += text;
  }

  Cursor cursor_;
  std::map<std::string, Macro>& macros_;
  int& depth_;
  ExpressionParser expressions_;
  Ending ending_ = Ending::kText;
};

Result<Block> BodyParser::ParseBlock() {
  Block block;
  ending_ = Ending::kText;
  while (!cursor_.AtEnd()) {
    const char c = cursor_.Peek();
    if (c == '$') {
      OFFSTAGE_TRY_VOID(ParseReference(block));
      continue;
    }
    if (c == '#') {
      if (SkipComment()) continue;
      OFFSTAGE_TRY(const bool taken, ParseDirective(block));
      if (ending_ != Ending::kText) return block;
      if (taken) continue;
    }
    if (c == '\\') {
      OFFSTAGE_TRY(const bool taken, ParseEscape(block));
      if (taken) continue;
    }
    const std::size_t start = cursor_.position();
    cursor_.Advance();
    while (!cursor_.AtEnd() && cursor_.Peek() != '$' && cursor_.Peek() != '#' &&
           cursor_.Peek() != '\\')
      cursor_.Advance();
    AppendText(block, cursor_.Since(start));
  }
  return block;
}

// "##" to the end of the line, which goes too; "#*" to "*#".
bool BodyParser::SkipComment() {
  if (cursor_.Take("##")) {
    while (!cursor_.AtEnd() && cursor_.Peek() != '\n' && cursor_.Peek() != '\r')
      cursor_.Advance();
    cursor_.SkipRestOfEmptyLine();
    return true;
  }
  if (!cursor_.Take("#*")) return false;
  while (!cursor_.AtEnd() && !cursor_.Take("*#"))
    cursor_.Advance();
  return true;
}

// "\$name" is the reference as it is written; two backslashes are one, and the reference counts.
Result<bool> BodyParser::ParseEscape(Block& block) {
  const std::size_t start = cursor_.position();
  std::size_t backslashes = 0;
  while (cursor_.Peek(backslashes) == '\\')
    ++backslashes;
  const char next = cursor_.Peek(backslashes);
  const char after = cursor_.Peek(backslashes + 1);
  const bool reference = next == '$' && (IsIdentifierStart(after) || after == '{' || after == '!');
  const bool directive = next == '#' && (IsLetter(after) || after == '{');
  cursor_.Advance(backslashes);
  if (!reference && !directive) {
    AppendText(block, cursor_.Since(start));
    return true;
  }
  AppendText(block, std::string(backslashes / 2, '\\'));
  if (backslashes % 2 == 0) return true;
  const std::size_t sign = cursor_.position();
  if (reference) {
    OFFSTAGE_TRY(const std::optional<Reference> parsed, expressions_.ParseReference());
    if (!parsed.has_value()) cursor_.Advance();
  } else {
    cursor_.Advance();
  }
  AppendText(block, cursor_.Since(sign));
  return true;
}

Status BodyParser::ParseReference(Block& block) {
  const std::size_t start = cursor_.position();
  OFFSTAGE_TRY(std::optional<Reference> reference, expressions_.ParseReference());
  if (!reference.has_value()) {
    cursor_.Advance();
    AppendText(block, "$");
    return Ok();
  }
  Node& node = Append(block, Node::Kind::kReference);
  node.reference = *std::move(reference);
  node.text = std::string(cursor_.Since(start));
  return Ok();
}

// "word" here, or "word}" after "#{".
bool BodyParser::TakeDirectiveWord(std::string_view word, bool braces) {
  if (!cursor_.StartsWith(word)) return false;
  const char after = cursor_.Peek(word.size());
  if (braces ? after != '}' : (IsLetter(after) || IsDigit(after) || after == '_')) return false;
  cursor_.Advance(word.size() + (braces ? 1 : 0));
  return true;
}

Result<bool> BodyParser::ParseDirective(Block& block) {
  if (cursor_.Take("#[[")) {
    const std::size_t start = cursor_.position();
    while (!cursor_.AtEnd() && !cursor_.StartsWith("]]#"))
      cursor_.Advance();
    AppendText(block, cursor_.Since(start));
    cursor_.Take("]]#");
    return true;
  }
  const std::size_t start = cursor_.position();
  cursor_.Advance();
  const bool braces = cursor_.Take("{");
  OFFSTAGE_TRY(const bool taken, ParseNamed(block, braces));
  if (!taken) cursor_.set_position(start);
  return taken;
}

Result<bool> BodyParser::ParseNamed(Block& block, bool braces) {
  const auto done = [](Status status) -> Result<bool> {
    if (!status.ok()) return Fail(std::move(status).error());
    return true;
  };
  const std::size_t start = cursor_.position();
  if (TakeDirectiveWord("end", braces)) {
    cursor_.SkipRestOfEmptyLine();
    ending_ = Ending::kEnd;
    return true;
  }
  if (TakeDirectiveWord("elseif", braces)) {
    ending_ = Ending::kElseIf;
    return true;
  }
  if (TakeDirectiveWord("else", braces)) {
    ending_ = Ending::kElse;
    return true;
  }
  if (TakeDirectiveWord("set", braces)) return done(ParseSet(block));
  if (TakeDirectiveWord("if", braces)) return done(ParseIf(block));
  if (TakeDirectiveWord("foreach", braces)) return done(ParseForeach(block));
  if (TakeDirectiveWord("macro", braces)) return done(ParseMacro());
  if (TakeDirectiveWord("define", braces)) return done(ParseDefine(block));
  if (TakeDirectiveWord("break", braces)) {
    Append(block, Node::Kind::kBreak);
    return true;
  }
  if (TakeDirectiveWord("stop", braces)) {
    Append(block, Node::Kind::kStop);
    return true;
  }
  const std::string_view name = cursor_.TakeIdentifier();
  if (name.empty() || (braces && !cursor_.Take("}"))) return false;
  return ParseMacroCall(block, start - (braces ? 2 : 1), name);
}

Result<bool> BodyParser::ParseMacroCall(Block& block, std::size_t start, std::string_view name) {
  static constexpr std::array<std::string_view, 3> kRefused = {"include", "parse", "evaluate"};
  const bool refused = std::find(kRefused.begin(), kRefused.end(), name) != kRefused.end();
  if (!cursor_.Take("(")) return false;
  if (refused) {
    return Fail(
        expressions_.Problem(fmt::format("#{} is not emulated in mapping templates", name)));
  }
  auto arguments = expressions_.ParseArguments();
  if (!arguments.ok()) return false;  // "#fff(...": just text
  Node& node = Append(block, Node::Kind::kMacroCall);
  node.macro = std::string(name);
  node.arguments = std::move(arguments).value();
  node.text = std::string(cursor_.Since(start));
  return true;
}

Status BodyParser::ParseSet(Block& block) {
  if (!OpenBracket()) return Fail(expressions_.Problem("#set without '('"));
  // Blanks before #set belong to it, so that a line of it alone leaves nothing.
  if (!block.nodes.empty() && block.nodes.back()->kind == Node::Kind::kText) {
    std::string& text = block.nodes.back()->text;
    text.erase(text.find_last_not_of(" \t") + 1);
  }
  cursor_.SkipSpace();
  if (cursor_.Peek() != '$') return Fail(expressions_.Problem("#set needs a $name to set"));
  OFFSTAGE_TRY(std::optional<Reference> target, expressions_.ParseReference());
  if (!target.has_value()) return Fail(expressions_.Problem("#set needs a $name to set"));
  cursor_.SkipSpace();
  if (!cursor_.Take("=")) return Fail(expressions_.Problem("#set without '='"));
  OFFSTAGE_TRY(ExpressionPtr value, expressions_.Parse());
  cursor_.SkipSpace();
  if (!cursor_.Take(")")) return Fail(expressions_.Problem("#set without ')'"));
  cursor_.SkipRestOfEmptyLine();
  Node& node = Append(block, Node::Kind::kSet);
  node.reference = *std::move(target);
  node.expression = std::move(value);
  return Ok();
}

Result<ExpressionPtr> BodyParser::ParseCondition() {
  if (!OpenBracket()) return Fail(expressions_.Problem("#if without '('"));
  OFFSTAGE_TRY(ExpressionPtr condition, expressions_.Parse());
  cursor_.SkipSpace();
  if (!cursor_.Take(")")) return Fail(expressions_.Problem("#if without ')'"));
  cursor_.SkipRestOfEmptyLine();
  return condition;
}

Status BodyParser::ParseIf(Block& block) {
  if (depth_ >= kMaxNesting) return Fail(expressions_.Problem("nested too deeply"));
  ++depth_;
  std::vector<Branch> branches;
  bool more = true;
  bool last = false;
  while (more) {
    Branch branch;
    if (!last) {
      OFFSTAGE_TRY(branch.condition, ParseCondition());
    }
    OFFSTAGE_TRY(branch.body, ParseBlock());
    branches.push_back(std::move(branch));
    if (ending_ == Ending::kText) return Fail(expressions_.Problem("#if without #end"));
    if (last && ending_ != Ending::kEnd)
      return Fail(expressions_.Problem("#else must be the last part of #if"));
    last = ending_ == Ending::kElse;
    more = ending_ != Ending::kEnd;
  }
  --depth_;
  ending_ = Ending::kText;
  Append(block, Node::Kind::kIf).branches = std::move(branches);
  return Ok();
}

Result<Block> BodyParser::ParseBodyUntilEnd(std::string_view directive) {
  if (depth_ >= kMaxNesting) return Fail(expressions_.Problem("nested too deeply"));
  ++depth_;
  OFFSTAGE_TRY(Block body, ParseBlock());
  --depth_;
  if (ending_ != Ending::kEnd)
    return Fail(expressions_.Problem(fmt::format("{} without #end", directive)));
  ending_ = Ending::kText;
  return body;
}

Status BodyParser::ParseForeach(Block& block) {
  if (!OpenBracket()) return Fail(expressions_.Problem("#foreach without '('"));
  cursor_.SkipSpace();
  const bool dollar = cursor_.Take("$");
  const bool braces = dollar && cursor_.Take("{");
  std::string variable(cursor_.TakeIdentifier());
  if (variable.empty() || (braces && !cursor_.Take("}")))
    return Fail(expressions_.Problem("#foreach needs a $name"));
  cursor_.SkipSpace();
  if (!cursor_.TakeWord("in")) return Fail(expressions_.Problem("#foreach without 'in'"));
  OFFSTAGE_TRY(ExpressionPtr list, expressions_.Parse());
  cursor_.SkipSpace();
  if (!cursor_.Take(")")) return Fail(expressions_.Problem("#foreach without ')'"));
  cursor_.SkipRestOfEmptyLine();
  OFFSTAGE_TRY(Block body, ParseBodyUntilEnd("#foreach"));
  Node& node = Append(block, Node::Kind::kForeach);
  node.text = std::move(variable);
  node.expression = std::move(list);
  node.body = std::move(body);
  return Ok();
}

Status BodyParser::ParseMacro() {
  if (!OpenBracket()) return Fail(expressions_.Problem("#macro without '('"));
  cursor_.SkipSpace();
  const std::string name(cursor_.TakeIdentifier());
  if (name.empty()) return Fail(expressions_.Problem("#macro without a name"));
  Macro macro;
  cursor_.SkipSpace();
  while (!cursor_.Take(")")) {
    if (!cursor_.Take("$")) return Fail(expressions_.Problem("#macro's parameters are $names"));
    const std::string_view parameter = cursor_.TakeIdentifier();
    if (parameter.empty()) return Fail(expressions_.Problem("#macro's parameters are $names"));
    macro.parameters.emplace_back(parameter);
    cursor_.SkipSpace();
    cursor_.Take(",");
    cursor_.SkipSpace();
  }
  cursor_.SkipRestOfEmptyLine();
  OFFSTAGE_TRY(macro.body, ParseBodyUntilEnd("#macro"));
  macros_[name] = std::move(macro);
  return Ok();
}

Status BodyParser::ParseDefine(Block& block) {
  if (!OpenBracket()) return Fail(expressions_.Problem("#define without '('"));
  cursor_.SkipSpace();
  cursor_.Take("$");
  Reference target;
  target.root = std::string(cursor_.TakeIdentifier());
  cursor_.SkipSpace();
  if (target.root.empty() || !cursor_.Take(")"))
    return Fail(expressions_.Problem("#define needs one $name"));
  cursor_.SkipRestOfEmptyLine();
  OFFSTAGE_TRY(Block body, ParseBodyUntilEnd("#define"));
  Node& node = Append(block, Node::Kind::kDefine);
  node.reference = std::move(target);
  node.body = std::move(body);
  return Ok();
}

}  // namespace

Result<Syntax> ParseTemplate(std::string_view text) {
  if (text.size() > kMaxTemplateBytes) {
    return Fail(Error{fmt::format("the template has {} bytes; API Gateway takes {}", text.size(),
                                  kMaxTemplateBytes)});
  }
  Syntax syntax;
  int depth = 0;
  OFFSTAGE_TRY(syntax.body, BodyParser(text, syntax.macros, depth).Parse());
  return syntax;
}

}  // namespace offstage::gateway::vtl
