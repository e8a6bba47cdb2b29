// Messages: what the service would send by e-mail or SMS goes into the deployment's mailbox.
#pragma once

#include <string>

#include "cognito/engine.h"

namespace offstage::cognito {

enum class Purpose {
  kSignUp,
  kResendCode,
  kForgotPassword,
  kAdminCreateUser,
  kUpdateAttribute,
  kVerifyAttribute,
  kAuthentication,
};

struct MessageRequest {
  Purpose purpose = Purpose::kSignUp;
  // "email" or "phone_number": which of the user's attributes it goes to.
  std::string attribute = {};
  // Where the value is not the user's own yet (an attribute that waits for its code); else empty.
  std::string destination = {};
  // The code or temporary password.
  std::string code = {};
  std::string client_id = "CLIENT_ID_NOT_APPLICABLE";
  Json client_metadata = nullptr;
};

// Asks the CustomMessage trigger or, where the pool has a custom sender, gives the code to that
// alone; keeps the message and tells Options::on_message. Returns the CodeDeliveryDetails of the
// API.
aws::Outcome<Json> SendMessage(Engine& engine, const Pool& pool, const User& user,
                               const MessageRequest& request);

// Six digits.
std::string NewCode();

// {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
Json DeliveryDetails(const std::string& attribute, const std::string& destination);
// What looks like the delivery of a code to a user who does not exist: to the name itself where
// that is such an address, else to one that is the same each time.
Json SimulatedDelivery(const Pool& pool, const std::string& attribute, const std::string& username);
// "a***@e***", "+*******1234".
std::string Masked(const std::string& attribute, const std::string& destination);

}  // namespace offstage::cognito
