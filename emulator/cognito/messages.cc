#include "cognito/messages.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cognito/attributes.h"
#include "cognito/crypto/bytes.h"
#include "cognito/pool_config.h"
#include "cognito/senders.h"
#include "cognito/triggers.h"

namespace offstage::cognito {

namespace {

std::string_view PurposeName(Purpose purpose) {
  switch (purpose) {
    case Purpose::kSignUp:
      return "SignUp";
    case Purpose::kResendCode:
      return "ResendCode";
    case Purpose::kForgotPassword:
      return "ForgotPassword";
    case Purpose::kAdminCreateUser:
      return "AdminCreateUser";
    case Purpose::kUpdateAttribute:
      return "UpdateUserAttribute";
    case Purpose::kVerifyAttribute:
      return "VerifyUserAttribute";
    case Purpose::kAuthentication:
      return "Authentication";
  }
  return {};
}

struct Text {
  std::string subject;
  std::string body;
};

std::string FirstOf(const Pool& pool, std::initializer_list<std::string_view> paths,
                    std::string_view otherwise) {
  for (const std::string_view path : paths) {
    std::string text = TextAt(pool.config, path);
    if (!text.empty()) return text;
  }
  return std::string(otherwise);
}

// The pool's template for the purpose, or the service's default words.
Text TemplateFor(const Pool& pool, Purpose purpose, bool email) {
  if (purpose == Purpose::kAdminCreateUser) {
    const std::string_view words = "Your username is {username} and temporary password is {####}.";
    if (!email) {
      return {"", FirstOf(pool, {"AdminCreateUserConfig.InviteMessageTemplate.SMSMessage"}, words)};
    }
    return {FirstOf(pool, {"AdminCreateUserConfig.InviteMessageTemplate.EmailSubject"},
                    "Your temporary password"),
            FirstOf(pool, {"AdminCreateUserConfig.InviteMessageTemplate.EmailMessage"}, words)};
  }
  if (purpose == Purpose::kAuthentication) {
    const std::string_view words = "Your authentication code is {####}.";
    if (!email) return {"", FirstOf(pool, {"SmsAuthenticationMessage"}, words)};
    return {FirstOf(pool, {"EmailMfaConfiguration.Subject"}, "Your authentication code"),
            FirstOf(pool, {"EmailMfaConfiguration.Message"}, words)};
  }
  const std::string_view words = purpose == Purpose::kForgotPassword
                                     ? "Your password reset code is {####}"
                                     : "Your confirmation code is {####}";
  if (!email) {
    return {"", FirstOf(pool, {"VerificationMessageTemplate.SmsMessage", "SmsVerificationMessage"},
                        words)};
  }
  return {FirstOf(pool, {"VerificationMessageTemplate.EmailSubject", "EmailVerificationSubject"},
                  purpose == Purpose::kForgotPassword ? "Your password reset code"
                                                      : "Your verification code"),
          FirstOf(pool, {"VerificationMessageTemplate.EmailMessage", "EmailVerificationMessage"},
                  words)};
}

aws::Outcome<Unit> AskTrigger(Engine& engine, const Pool& pool, const User& user,
                              const MessageRequest& request, bool email, Text& text) {
  const bool invitation = request.purpose == Purpose::kAdminCreateUser;
  TriggerCall call{.trigger = "CustomMessage"};
  call.source = fmt::format("CustomMessage_{}", PurposeName(request.purpose));
  call.username = user.username;
  call.client_id = request.client_id;
  call.request = {{"userAttributes", UserAttributesForTrigger(pool, user)},
                  {"codeParameter", "{####}"},
                  {"linkParameter", "{##Click Here##}"},
                  {"usernameParameter", invitation ? Json("{username}") : Json(nullptr)}};
  if (request.client_metadata.is_object()) call.request["clientMetadata"] = request.client_metadata;
  call.response = {{"smsMessage", nullptr}, {"emailMessage", nullptr}, {"emailSubject", nullptr}};
  OFFSTAGE_TRY(const auto response, RunTrigger(engine, pool, std::move(call)));
  if (!response) return Ok();
  const std::string body = TextAt(*response, email ? "emailMessage" : "smsMessage");
  const std::string subject = TextAt(*response, "emailSubject");
  // The service keeps its own words when the code is missing from the function's.
  if (body.find("{####}") != std::string::npos || body.find("{##") != std::string::npos) {
    text.body = body;
    if (email && !subject.empty()) text.subject = subject;
  }
  return Ok();
}

}  // namespace

std::string NewCode() {
  return RandomText(6, "0123456789");
}

std::string Masked(const std::string& attribute, const std::string& destination) {
  if (attribute == "phone_number") {
    if (destination.size() <= 5) return destination;
    return "+" + std::string(destination.size() - 5, '*') +
           destination.substr(destination.size() - 4);
  }
  const auto at = destination.find('@');
  if (at == std::string::npos || at == 0 || at + 1 >= destination.size()) return destination;
  return destination.substr(0, 1) + "***@" + destination.substr(at + 1, 1) + "***";
}

Json DeliveryDetails(const std::string& attribute, const std::string& destination) {
  return {{"Destination", Masked(attribute, destination)},
          {"DeliveryMedium", attribute == "email" ? "EMAIL" : "SMS"},
          {"AttributeName", attribute}};
}

Json SimulatedDelivery(const Pool& pool, const std::string& attribute,
                       const std::string& username) {
  if (attribute == "email")
    return DeliveryDetails(attribute,
                           LooksLikeEmail(username) ? username : username + "@example.com");
  if (LooksLikePhoneNumber(username)) return DeliveryDetails(attribute, username);
  std::string number = "+";
  for (const char c : Sha256(pool.id + " " + username).substr(0, 11))
    number.push_back(static_cast<char>('0' + static_cast<unsigned char>(c) % 10));
  return DeliveryDetails(attribute, number);
}

aws::Outcome<Json> SendMessage(Engine& engine, const Pool& pool, const User& user,
                               const MessageRequest& request) {
  const bool email = request.attribute == "email";
  const std::string* own = user.FindAttribute(request.attribute);
  const std::string destination =
      request.destination.empty() && own != nullptr ? *own : request.destination;
  Text text = TemplateFor(pool, request.purpose, email);
  Message message;
  // "Instead of its default behavior": so CustomMessage, which writes the service's own message, is
  // not asked either (assumed).
  if (HasTrigger(pool, SenderTrigger(email))) {
    OFFSTAGE_TRY(message.sender, GiveToSender(engine, pool, user,
                                              {.trigger = SenderTrigger(email),
                                               .purpose = PurposeName(request.purpose),
                                               .attribute = request.attribute,
                                               .destination = destination,
                                               .code = request.code,
                                               .client_id = request.client_id,
                                               .client_metadata = request.client_metadata}));
  } else {
    OFFSTAGE_TRY_VOID(AskTrigger(engine, pool, user, request, email, text));
  }
  message.pool_id = pool.id;
  message.username = user.username;
  message.medium = email ? "EMAIL" : "SMS";
  message.destination = destination;
  message.subject = text.subject;
  message.body =
      ReplaceAll(ReplaceAll(text.body, "{####}", request.code), "{username}", user.username);
  message.code = request.code;
  message.purpose = PurposeName(request.purpose);
  message.time = engine.NowMillis();
  if (const Status kept = engine.store->AddMessage(message); !kept.ok())
    return Fail(aws::InternalServerError(kept.error()));
  if (engine.options.on_message) engine.options.on_message(message);
  return DeliveryDetails(request.attribute, destination);
}

}  // namespace offstage::cognito
