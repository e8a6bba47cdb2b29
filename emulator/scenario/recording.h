// Recording: a scenario from requests that were seen (`offstage start --record FILE`): what a
// person did in the browser becomes a test.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/mutex.h"
#include "base/result.h"
#include "http/message.h"

namespace offstage::scenario {

// Thread-safe.
class Recording {
 public:
  // `data`: seed files that the deployment began with.
  Recording(std::filesystem::path file, std::vector<std::filesystem::path> data);

  // Preflights are left out. Secrets are replaced: a user's token by `as: USER`, other credentials,
  // passwords and codes by variables of the environment. What changes from run to run is compared
  // by its kind; an id that a later request uses is captured.
  void Add(const http::Request& request, const http::Reply& reply);

  // The scenario file so far.
  std::string Text() const;
  // Writes it. Fails when the file cannot be written.
  Status Write() const;
  std::size_t size() const;

 private:
  struct Exchange {
    std::string method = {};
    std::string target = {};
    std::string as = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    // "json", "text", "base64" or "" and its value, as YAML.
    std::string body_key = {};
    std::string body = {};
    int status = 0;
    std::string expected_body = {};
    // Variable name to path.
    std::map<std::string, std::string> captures = {};
  };
  // A value of a reply that a later request may use.
  struct Seen {
    std::size_t exchange = 0;
    std::string path = {};
    std::string name = {};
    bool used = false;
  };

  std::string Replaced(std::string text) OFFSTAGE_REQUIRES(mutex_);
  void ReadAuthorization(const http::Request& request, Exchange& exchange)
      OFFSTAGE_REQUIRES(mutex_);
  void ReadBody(const http::Request& request, Exchange& exchange) OFFSTAGE_REQUIRES(mutex_);
  void Remember(const Json& value, const std::string& path, const std::string& name)
      OFFSTAGE_REQUIRES(mutex_);

  const std::filesystem::path file_;
  const std::vector<std::filesystem::path> data_;
  mutable Mutex mutex_;
  std::vector<Exchange> exchanges_ OFFSTAGE_GUARDED_BY(mutex_);
  // Users by name, with what the scenario says of them.
  std::map<std::string, std::string> users_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::string, Seen> seen_ OFFSTAGE_GUARDED_BY(mutex_);
  std::set<std::string> variables_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::scenario
