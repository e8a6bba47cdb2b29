// JwksVerifier: checks tokens of issuers outside the stack whose keys are on this machine, and
// hands all others to the user pools' verifier.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "cognito/crypto/rsa_public_key.h"
#include "interfaces/token_verifier.h"

namespace offstage::app {

// Thread-safe.
class JwksVerifier : public TokenVerifier {
 public:
  // `sources`: an issuer's address and its jwks.json, a file or an http:// address on this machine.
  // Files are read now and fail here; addresses are asked when a token names a key that is not
  // known yet. `pools` and `clock` outlive this.
  static Result<std::unique_ptr<JwksVerifier>> Create(
      const std::vector<std::pair<std::string, std::string>>& sources, TokenVerifier& pools,
      const Clock& clock);

  TokenCheck Verify(std::string_view token, const std::vector<std::string>& issuers) override;
  bool IsKnownIssuer(std::string_view issuer) const override;

 private:
  using Key = std::shared_ptr<const cognito::RsaPublicKey>;
  struct Issuer {
    std::string source = {};
    // By key id.
    std::map<std::string, Key> keys = {};
  };

  JwksVerifier(TokenVerifier& pools, const Clock& clock) : pools_(pools), clock_(clock) {}

  // Reads the source anew when the key is not there.
  Result<Key> FindKey(const std::string& issuer, const std::string& key_id);
  TokenCheck CheckTimes(Json claims) const;

  TokenVerifier& pools_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<std::string, Issuer, std::less<>> issuers_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::app
