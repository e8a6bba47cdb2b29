// Users: making, confirming, migrating and describing them; codes that prove an attribute.
#pragma once

#include <optional>
#include <string>

#include "cognito/attributes.h"
#include "cognito/engine.h"

namespace offstage::cognito {

// A user that is not stored yet, under the pool's rules for names: where people sign up with an
// attribute, `username` becomes that attribute and the user's name a UUID.
aws::Outcome<User> NewUser(Engine& engine, const Pool& pool, const std::string& username,
                           Attributes attributes);

struct Migration {
  std::string username = {};
  // Empty for a forgotten password.
  std::string password = {};
  std::string client_id = {};
  // "UserMigration_Authentication" or "UserMigration_ForgotPassword".
  std::string source = {};
  Json client_metadata = nullptr;
};
// Asks the UserMigration trigger and stores the user that it knows. Null: none, or no trigger.
aws::Outcome<std::optional<User>> MigrateUser(Engine& engine, const Pool& pool,
                                              const Migration& migration);

// Runs PostConfirmation. `source`: "PostConfirmation_ConfirmSignUp".
aws::Outcome<Unit> AfterConfirmation(Engine& engine, const Pool& pool, const User& user,
                                     const std::string& client_id, const std::string& source,
                                     const Json& client_metadata);

// UserType: {"Username", "Attributes", "UserCreateDate", ...}
Json ToUserType(const User& user);

// Stands for a user who does not exist: number 0, and none that is stored.
User Nobody(const Pool& pool, const std::string& username);

// Names the user to Attempts.
std::string AttemptKey(const User& user);
// LimitExceededException when the user has done this `limit` times within the last hour.
aws::Outcome<Unit> TakeAttempt(Engine& engine, const User& user, const std::string& operation,
                               std::size_t limit);

// A code that was sent for `purpose`: right, wrong (CodeMismatchException) or too old
// (ExpiredCodeException). The caller forgets and saves it.
aws::Outcome<Unit> CheckCode(const Engine& engine, const User& user, const std::string& purpose,
                             const std::string& code);
// Makes, keeps (not yet stored) and returns a new one.
std::string RememberCode(const Engine& engine, User& user, const std::string& purpose,
                         std::chrono::seconds lifetime);

// Which of "email" and "phone_number" a sign-up is confirmed by; "" when the pool verifies none
// that the user has.
std::string ConfirmationAttribute(const Pool& pool, const User& user);

// Changes attributes as UpdateUserAttributes and AdminUpdateUserAttributes do: a new address is
// unverified, and gets a code where the pool verifies it. Returns CodeDeliveryDetailsList. Saves.
struct AttributeChange {
  Attributes attributes = {};
  std::string client_id = "CLIENT_ID_NOT_APPLICABLE";
  Json client_metadata = nullptr;
  bool admin = false;
};
aws::Outcome<Json> ChangeAttributes(Engine& engine, const Pool& pool, User& user,
                                    const AttributeChange& change);

}  // namespace offstage::cognito
