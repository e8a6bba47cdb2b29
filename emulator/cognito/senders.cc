#include "cognito/senders.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"
#include "cognito/triggers.h"
#include "encryption/message.h"

namespace offstage::cognito {

namespace {

// As the AWS Encryption SDK names KMS.
constexpr const char* kProvider = "aws-kms";

// The context's only pair of the service's own: recorded.
constexpr const char* kPoolPair = "userpool-id";

Result<std::string> EncryptCode(Engine& engine, const Pool& pool, const std::string& code) {
  DataKeys* keys = engine.options.data_keys;
  if (keys == nullptr) return Fail(Error{"there are no KMS keys here"});
  const std::string kms_key = TextAt(pool.config, "LambdaConfig.KMSKeyID");
  const auto make_key = [&](const encryption::Context& context) -> Result<encryption::DataKey> {
    OFFSTAGE_TRY(WrappedDataKey made, keys->NewDataKey(kms_key, context));
    return encryption::DataKey{.plaintext = std::move(made.plaintext),
                               .ciphertext = std::move(made.ciphertext),
                               .provider = kProvider,
                               .provider_info = std::move(made.key_arn)};
  };
  return encryption::EncryptMessage(code, {{kPoolPair, pool.id}}, make_key);
}

}  // namespace

std::string_view SenderTrigger(bool email) {
  return email ? "CustomEmailSender" : "CustomSMSSender";
}

aws::Outcome<std::string> GiveToSender(Engine& engine, const Pool& pool, const User& user,
                                       const CodeForSender& code) {
  const auto encrypted = EncryptCode(engine, pool, code.code);
  if (!encrypted.ok()) {
    // Assumed: the service's documentation names no error for this.
    aws::ApiError failure = Problem("CodeDeliveryFailureException",
                                    "Failed to encrypt the code for the custom sender.");
    failure.explanation =
        fmt::format("the user pool's LambdaConfig.KMSKeyID: {}", encrypted.error().message);
    return Fail(std::move(failure));
  }
  Json attributes = UserAttributesForTrigger(pool, user);
  // A new address that waits for its code is not the user's yet, but where the code has to go.
  attributes[code.attribute] = code.destination;
  TriggerCall call{.trigger = code.trigger};
  call.source = fmt::format("{}_{}", code.trigger, code.purpose);
  call.username = user.username;
  call.client_id = code.client_id;
  call.request = {{"type", code.trigger == "CustomEmailSender" ? "customEmailSenderRequestV1"
                                                               : "customSMSSenderRequestV1"},
                  {"code", Base64Encode(*encrypted)},
                  {"clientMetadata", code.client_metadata},
                  {"userAttributes", std::move(attributes)}};
  // These events were recorded without a `response`.
  call.response = nullptr;
  return QueueTrigger(engine, pool, call);
}

aws::Outcome<Unit> CheckSenders(const Json& request) {
  const bool any = FindPath(request, "LambdaConfig.CustomEmailSender") != nullptr ||
                   FindPath(request, "LambdaConfig.CustomSMSSender") != nullptr;
  // The rule is documented (API_LambdaConfigType), its words are assumed.
  if (any && TextAt(request, "LambdaConfig.KMSKeyID").empty()) {
    return Fail(InvalidParameter(
        "KMSKeyID is required when CustomEmailSender or CustomSMSSender is configured."));
  }
  return Ok();
}

}  // namespace offstage::cognito
