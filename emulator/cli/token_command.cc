// offstage token: prints a token of a user pool without any sign-in, from the running emulator if
// there is one.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/control.h"
#include "app/user_pools.h"
#include "base/json.h"
#include "cli/options.h"

namespace offstage::cli {

namespace {

struct TokenOptions {
  CommonOptions common;
  cognito::TokenOrder order;
  std::vector<std::string> claims;
  long long expires_in = 3600;
  bool access = false;
  bool header = false;
  bool json = false;
  bool expired = false;
  bool wrong_issuer = false;
  bool wrong_signature = false;
};

// "name=value": the value is JSON where it is one (true, 3, ["a"]), else text.
Result<Json> ReadClaims(const std::vector<std::string>& claims) {
  Json read = Json::object();
  for (const std::string& text : claims) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return Fail(Error{"--claim takes NAME=VALUE, not '" + text + "'"});
    const auto value = ParseJson(text.substr(equals + 1));
    read[text.substr(0, equals)] = value.ok() ? *value : Json(text.substr(equals + 1));
  }
  return read;
}

Result<cognito::TokenOrder> ToOrder(const TokenOptions& options) {
  cognito::TokenOrder order = options.order;
  OFFSTAGE_TRY(order.claims, ReadClaims(options.claims));
  order.lifetime = std::chrono::seconds(options.expires_in);
  if (options.access) order.use = cognito::TokenOrder::Use::kAccess;
  using Flaw = cognito::TokenOrder::Flaw;
  if (options.expired) order.flaw = Flaw::kExpired;
  if (options.wrong_issuer) order.flaw = Flaw::kWrongIssuer;
  if (options.wrong_signature) order.flaw = Flaw::kWrongSignature;
  return order;
}

int Print(const TokenOptions& options, const cognito::OrderedToken& made) {
  if (options.json) {
    const OrderedJson json = {
        {"token", made.token},       {"token_use", options.access ? "access" : "id"},
        {"user_pool_id", made.pool}, {"client_id", made.client},
        {"username", made.username}, {"expires", made.expires}};
    std::printf("%s\n", DumpJson(json).c_str());
  } else {
    std::printf("%s%s\n", options.header ? "Authorization: Bearer " : "", made.token.c_str());
  }
  if (made.made_up) {
    std::fprintf(stderr, "offstage: there is no such user in %s; the token is for one made up\n",
                 made.pool.c_str());
  }
  return kDone;
}

int RunToken(const TokenOptions& options) {
  const auto order = ToOrder(options);
  if (!order.ok()) return Complain(order.error(), kUsageOrTemplate);
  const auto plan = app::PlanProject(ToProjectOptions(options.common));
  if (!plan.ok()) return Complain(plan.error(), kUsageOrTemplate);
  if (plan->storage == app::ProjectOptions::Storage::kFile) {
    if (const auto running = app::FindRunning(plan->data, plan->stack_name)) {
      const auto made = app::RemoteControl(*running).MakeToken(*order);
      return made.ok() ? Print(options, *made) : Complain(made.error(), kUsageOrTemplate);
    }
  }
  SystemClock clock;
  RandomIds ids;
  StderrLog log(LogLevel::kWarning);
  auto open = Open(options.common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  const auto pools = app::OpenUserPools(
      open->stack, open->state ? open->state->database() : std::filesystem::path(),
      {.clock = clock, .ids = ids, .log = log});
  if (!pools.ok()) return Complain(pools.error(), kCouldNotStart);
  const auto made = (*pools)->MakeToken(*order);
  return made.ok() ? Print(options, *made) : Complain(made.error(), kUsageOrTemplate);
}

}  // namespace

void AddTokenCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<TokenOptions>();
  CLI::App* command = program.add_subcommand(
      "token",
      "Print a token of a user pool, without signing in: curl -H \"$(offstage token "
      "--header)\" ...");
  command->add_option("--user", options->order.user,
                      "User name, e-mail or telephone number; one that does not exist is made up");
  command->add_option("--group", options->order.groups,
                      "A group to add to cognito:groups; may be repeated");
  command->add_option("--claim", options->claims,
                      "NAME=VALUE to add or replace (VALUE as JSON, or text); may be repeated");
  command->add_option("--expires-in", options->expires_in, "Lifetime in seconds")
      ->capture_default_str()
      ->check(CLI::Range(1LL, 10LL * 365 * 24 * 3600));
  command->add_option("--pool", options->order.pool,
                      "User pool id or name (default: the only one)");
  command->add_option("--client", options->order.client,
                      "App client id or name (default: the pool's first)");
  command->add_flag("--access", options->access, "An access token instead of an id token");
  CLI::Option* header =
      command->add_flag("--header", options->header, "As a header line, for curl -H");
  command->add_flag("--json", options->json, "As JSON, with what it was made for")
      ->excludes(header);
  CLI::Option* expired =
      command->add_flag("--expired", options->expired, "A token that has expired already");
  CLI::Option* issuer =
      command->add_flag("--wrong-issuer", options->wrong_issuer, "A token of another user pool");
  command
      ->add_flag("--wrong-signature", options->wrong_signature,
                 "A token whose signature is not the pool's")
      ->excludes(expired)
      ->excludes(issuer);
  issuer->excludes(expired);
  AddProjectOptions(*command, options->common);
  command->callback([options, &exit_code] { exit_code = RunToken(*options); });
}

}  // namespace offstage::cli
