namespace Web.Markdown;

/// <summary>The addresses that an answer may link to.</summary>
internal static class SafeAddress
{
    private const int MaxLength = 4_000;

    /// <summary>Returns an absolute http, https or mailto address in ASCII, with its host in Punycode; null for any other address.</summary>
    public static string? From(string? address)
    {
        if (address is null || address.Length > MaxLength || !Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri))
        {
            return null;
        }

        return uri.Scheme switch
        {
            "mailto" => uri.AbsoluteUri,
            "http" or "https" when uri.IdnHost.Length > 0 => $"{uri.Scheme}://{(uri.UserInfo.Length > 0 ? $"{uri.UserInfo}@" : "")}{Host(uri)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{uri.PathAndQuery}{uri.Fragment}",
            _ => null,
        };
    }

    private static string Host(Uri uri) => uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
}
