namespace Connectors.Grok.Emulator.Hosts;

/// <summary>The credential of a request.</summary>
/// <param name="Value">The key or the token, without its scheme.</param>
/// <param name="Kind">Its kind.</param>
internal sealed record Credential(string Value, CredentialKind Kind);

internal enum CredentialKind
{
    /// <summary>A key in a header of its own. It never expires.</summary>
    Key,

    /// <summary>A bearer token, which may be a key.</summary>
    Bearer,

    /// <summary>A signature, of which only the form is checked.</summary>
    Signature,

    /// <summary>A credential that is not valid where it was sent.</summary>
    Misplaced,
}

/// <summary>Why a credential is rejected.</summary>
internal enum CredentialProblem
{
    Missing,
    Wrong,
    Expired,
}
