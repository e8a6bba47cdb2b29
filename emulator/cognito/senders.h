// Custom senders: functions that get the codes of a pool's messages, encrypted, and send them in
// the service's place.
// docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-sender-triggers.html
#pragma once

#include <string>
#include <string_view>

#include "cognito/engine.h"

namespace offstage::cognito {

// "CustomEmailSender" or "CustomSMSSender", for HasTrigger.
std::string_view SenderTrigger(bool email);

struct CodeForSender {
  std::string_view trigger = {};
  // What for: "SignUp".
  std::string_view purpose = {};
  // "email" or "phone_number", and the address that the code goes to.
  std::string attribute = {};
  std::string destination = {};
  // The code or temporary password.
  std::string code = {};
  std::string client_id = {};
  Json client_metadata = nullptr;
};

// Encrypts the code under the pool's KMS key and queues the function, whose name is returned. That
// the function fails is not seen by the client: the service does not wait for it.
// CodeDeliveryFailureException when the key cannot be used.
aws::Outcome<std::string> GiveToSender(Engine& engine, const Pool& pool, const User& user,
                                       const CodeForSender& code);

// What a pool with custom senders must have.
aws::Outcome<Unit> CheckSenders(const Json& request);

}  // namespace offstage::cognito
