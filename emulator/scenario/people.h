// People: the users that a scenario knows, and their sign-ins. Internal to scenario/.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenario/action.h"
#include "scenario/target.h"

namespace offstage::scenario {

// What `given: users` asks for.
std::vector<UserSpec> ToUsers(const Node& users);

// Used by one thread.
class People {
 public:
  // `pools` may be null; outlives this.
  explicit People(UserPools* pools) : pools_(pools) {}

  // Somebody who is in the pool already. Fails when the target does not know them.
  Status Add(UserSpec user);
  bool empty() const { return people_.empty(); }

  // Whether the user's tokens can be had: what is missing otherwise (outside: credentials). `name`
  // may be nobody's, who then is taken for somebody that signed up before.
  Status Ready(const std::string& name);

  // The value of the Authorization header for an `as`.
  Result<std::string> AuthorizationFor(const Node& as);

  // sign-up, confirm, sign-in, mailbox and cognito steps.
  Result<Effect> Act(const Step& step, const Node& node);

  // By name: {"username", "email", "password", "sub", "idToken", "accessToken", "refreshToken"},
  // as far as they are known: the variable ${users}.
  Json Describe();

 private:
  struct Person {
    UserSpec spec = {};
    // Was given, so tokens need no sign-in.
    bool given = false;
    std::string sub = {};
    // AuthenticationResult of the last sign-in, or null.
    Json tokens = nullptr;
    // Made without one; by what was asked for.
    std::map<std::string, std::string> made = {};
  };

  Result<Person*> Find(const std::string& name);
  Result<Effect> SignUp(const Node& node);
  Result<Effect> Confirm(const Node& node);
  Result<Effect> SignIn(const Node& node);
  Result<Effect> ReadMailbox(const Node& node);
  Result<Effect> RunOperation(const Node& node);
  Result<std::string> TokenOf(Person& person, const Node& as);

  UserPools* pools_;
  std::map<std::string, Person> people_;
};

}  // namespace offstage::scenario
