#include "dynamodb/ops/partiql_statement.h"

#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/partiql/parser.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {

namespace shape {

Shape StatementText() {
  return String({.min = 1, .max = static_cast<std::int64_t>(partiql::kMaxStatementBytes)});
}

Shape StatementParameters() {
  return List(Value(), {.min = 1, .max = std::nullopt});
}

}  // namespace shape

aws::Outcome<PartiqlStatement> ReadPartiql(Node node, std::string_view prefix) {
  PartiqlStatement out;
  auto parsed = partiql::Parse(node["Statement"].text());
  if (!parsed.ok()) {
    aws::ApiError error = std::move(parsed).error();
    error.message.insert(0, prefix);
    return Fail(std::move(error));
  }
  out.statement = std::move(parsed).value();
  for (const Node parameter : node["Parameters"].elements()) {
    OFFSTAGE_TRY(AttributeValue value, ParseAttributeValue(parameter.raw(), ValueLayer::kOlder));
    out.parameters.push_back(std::move(value));
  }
  if (out.parameters.size() < out.statement.parameters) {
    return Fail(ValidationError(
        fmt::format("{}Number of parameters in request and statement don't match.", prefix)));
  }
  return out;
}

std::string IdentityOf(const Table& table, const ItemKey& key) {
  std::string out = fmt::format("{}/{}/", table.id, key.partition.size());
  out += key.partition;
  out += key.sort;
  return out;
}

std::string ShortCode(const aws::ApiError& error) {
  if (error.type == "ValidationException") return "ValidationError";
  if (error.type == "InternalServerError") return error.type;
  constexpr std::string_view kSuffix = "Exception";
  std::string code = error.type;
  if (code.ends_with(kSuffix)) code.resize(code.size() - kSuffix.size());
  return code;
}

}  // namespace offstage::dynamodb
