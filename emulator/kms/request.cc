#include "kms/request.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "kms/errors.h"

namespace offstage::kms {

namespace {

// "KeyId" to "keyId", as errors spell members.
std::string Spelt(std::string_view member) {
  return ToLower(member.substr(0, 1)) + std::string(member.substr(1));
}

// Null: not there.
const Json* Member(const Json& request, std::string_view name) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? nullptr : &*found;
}

aws::Outcome<Unit> CheckLength(const std::string& text, std::string_view shown,
                               const TextRule& rule) {
  if (text.empty())
    return Fail(
        Violation(shown, Spelt(rule.member), "Member must have length greater than or equal to 1"));
  if (text.size() > rule.longest) {
    return Fail(
        Violation(shown, Spelt(rule.member),
                  fmt::format("Member must have length less than or equal to {}", rule.longest)));
  }
  return Ok();
}

}  // namespace

aws::Outcome<std::string> NeedText(const Json& request, const TextRule& rule) {
  if (Member(request, rule.member) == nullptr)
    return Fail(Violation("null", Spelt(rule.member), "Member must not be null"));
  return OptionalText(request, rule);
}

aws::Outcome<std::string> OptionalText(const Json& request, const TextRule& rule) {
  const Json* found = Member(request, rule.member);
  if (found == nullptr) return std::string();
  if (!found->is_string()) return Fail(Unreadable());
  std::string text = found->get<std::string>();
  OFFSTAGE_TRY_VOID(CheckLength(text, fmt::format("'{}'", text), rule));
  return text;
}

aws::Outcome<std::string> NeedBytes(const Json& request, const TextRule& rule) {
  const Json* found = Member(request, rule.member);
  if (found == nullptr)
    return Fail(Violation("null", Spelt(rule.member), "Member must not be null"));
  if (!found->is_string()) return Fail(Unreadable());
  auto bytes = Base64Decode(found->get<std::string>());
  if (!bytes) return Fail(Unreadable());
  // What is encrypted is not shown.
  OFFSTAGE_TRY_VOID(CheckLength(*bytes, "", rule));
  return *std::move(bytes);
}

aws::Outcome<std::optional<std::int64_t>> OptionalNumber(const Json& request,
                                                         const NumberRule& rule) {
  const Json* found = Member(request, rule.member);
  if (found == nullptr) return std::optional<std::int64_t>();
  if (!found->is_number_integer()) return Fail(Unreadable());
  const auto number = found->get<std::int64_t>();
  const std::string shown = fmt::format("'{}'", number);
  if (number < rule.least) {
    return Fail(
        Violation(shown, Spelt(rule.member),
                  fmt::format("Member must have value greater than or equal to {}", rule.least)));
  }
  if (number > rule.most) {
    return Fail(
        Violation(shown, Spelt(rule.member),
                  fmt::format("Member must have value less than or equal to {}", rule.most)));
  }
  return std::optional<std::int64_t>(number);
}

aws::Outcome<bool> Flag(const Json& request, std::string_view member) {
  const Json* found = Member(request, member);
  if (found == nullptr) return false;
  if (!found->is_boolean()) return Fail(Unreadable());
  return found->get<bool>();
}

aws::Outcome<EncryptionContext> ReadContext(const Json& request, std::string_view member) {
  EncryptionContext context;
  const Json* found = Member(request, member);
  if (found == nullptr) return context;
  if (!found->is_object()) return Fail(Unreadable());
  for (const auto& [name, value] : found->items()) {
    if (!value.is_string()) return Fail(Unreadable());
    context[name] = value.get<std::string>();
  }
  return context;
}

aws::Outcome<Unit> CheckAlgorithm(const Json& request, std::string_view member) {
  OFFSTAGE_TRY(const std::string name, OptionalText(request, {.member = member}));
  if (name.empty() || name == "SYMMETRIC_DEFAULT") return Ok();
  const std::vector<std::string> known = {"SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1",
                                          "RSAES_OAEP_SHA_256", "SM2PKE"};
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return Fail(
        Violation(fmt::format("'{}'", name), Spelt(member),
                  fmt::format("Member must satisfy enum value set: [{}]", Join(known, ", "))));
  }
  return Fail(aws::ApiError{
      .type = "InvalidKeyUsageException",
      .message =
          fmt::format("Algorithm {} and key spec SYMMETRIC_DEFAULT are incompatible.", name)});
}

}  // namespace offstage::kms
