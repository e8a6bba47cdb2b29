// Engine: what operations see of the service. Internal to cognito/.
#pragma once

#include <memory>
#include <string>

#include "base/mutex.h"
#include "cognito/attempts.h"
#include "cognito/hosted/codes.h"
#include "cognito/options.h"
#include "cognito/proved_passwords.h"
#include "cognito/sessions.h"
#include "cognito/store/store.h"

namespace offstage::cognito {

// Thread-safe: its members are.
struct Engine {
  Engine(Options the_options, std::unique_ptr<Store> the_store)
      : options(std::move(the_options)), store(std::move(the_store)) {}

  const Options options;
  const std::unique_ptr<Store> store;
  Sessions sessions;
  HostedState hosted;
  Attempts attempts;
  ProvedPasswords proved_passwords;

  TimePoint Now() const { return options.clock->Now(); }
  std::int64_t NowSeconds() const { return ToEpochSeconds(Now()); }
  std::int64_t NowMillis() const { return ToEpochMillis(Now()); }

  // "http://127.0.0.1:4566", once known; else "".
  std::string endpoint() const {
    const MutexLock lock(mutex_);
    return endpoint_;
  }
  void set_endpoint(std::string url) {
    const MutexLock lock(mutex_);
    endpoint_ = std::move(url);
  }

 private:
  mutable Mutex mutex_;
  std::string endpoint_ OFFSTAGE_GUARDED_BY(mutex_);
};

// The pool or client of a request, or the service's error.
aws::Outcome<PoolPtr> FindPool(const Engine& engine, const Json& request);
aws::Outcome<ClientPtr> FindClient(const Engine& engine, const Json& request);
// The client must be one of the pool.
aws::Outcome<ClientPtr> FindClientOf(const Engine& engine, const Pool& pool, const Json& request);
// UserNotFoundException when there is none.
aws::Outcome<User> FindUser(Engine& engine, const Pool& pool, std::string_view name);
// Sets `modified` and saves.
aws::Outcome<Unit> SaveUser(Engine& engine, const Pool& pool, User& user);

// Seconds with milliseconds, as the API's timestamps are.
double ToApiTime(std::int64_t millis);

}  // namespace offstage::cognito
