using System.Collections.Concurrent;
using Connectors.Grok.Emulator.Hosts;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks the credential of requests: the key of the options, or a token that has not expired. Without a key and a lifetime of tokens, every request is accepted.</summary>
internal sealed class CredentialCheck(GrokEmulatorOptions options, ServiceHost service)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiry = new(StringComparer.Ordinal);

    /// <summary>Expires every token that was received so far.</summary>
    public void ExpireTokens()
    {
        foreach (var token in _expiry.Keys)
        {
            _expiry[token] = DateTimeOffset.MinValue;
        }
    }

    public void Check(HttpRequest request)
    {
        var credential = service.FindCredential(request);
        if (credential?.Kind == CredentialKind.Bearer && options.TokenLifetime is { } lifetime && credential.Value != options.ApiKey)
        {
            var now = options.TimeProvider.GetUtcNow();
            if (_expiry.GetOrAdd(credential.Value, now + lifetime) <= now)
            {
                throw service.RejectCredential(CredentialProblem.Expired, credential.Value);
            }

            return;
        }

        if (options.ApiKey is null && options.TokenLifetime is null)
        {
            return;
        }

        if (credential is null)
        {
            throw service.RejectCredential(CredentialProblem.Missing, "");
        }

        if (credential.Kind != CredentialKind.Signature && (credential.Kind == CredentialKind.Misplaced || credential.Value != options.ApiKey))
        {
            throw service.RejectCredential(CredentialProblem.Wrong, credential.Value);
        }
    }
}
