// Verifier: checks the tokens of this deployment's user pools for the gateway's authorizers.
#pragma once

#include "cognito/engine.h"
#include "interfaces/token_verifier.h"

namespace offstage::cognito {

// Thread-safe. Holds no token: every call proves the signature anew, with the pool's key in memory.
class Verifier : public TokenVerifier {
 public:
  // Outlives this.
  explicit Verifier(Engine& engine) : engine_(engine) {}

  TokenCheck Verify(std::string_view token, const std::vector<std::string>& issuers) override;
  bool IsKnownIssuer(std::string_view issuer) const override;

 private:
  Engine& engine_;
};

}  // namespace offstage::cognito
