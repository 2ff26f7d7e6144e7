using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// The stamp by which history tracking finds an answer again. It is believed only when this process remembers it, or when it is signed with
/// the application's key: a stamp from outside could name another user's response.
/// </summary>
internal static class TrackingStamp
{
    /// <summary>Stamps an answer.</summary>
    public static void Write(AdditionalPropertiesDictionary stamps, string fingerprint, KnownAnswer answer, string tenant, byte[]? key)
    {
        var expires = answer.ExpiresAt.ToString("O", CultureInfo.InvariantCulture);
        stamps[GrokKeys.History.ResponseId] = answer.ResponseId;
        stamps[GrokKeys.History.Fingerprint] = fingerprint;
        stamps[GrokKeys.History.ExpiresAt] = expires;
        if (answer.Model is { } model)
        {
            stamps[GrokKeys.History.Model] = model;
        }

        if (key is not null)
        {
            stamps[GrokKeys.History.Signature] = Sign(key, tenant, fingerprint, answer.ResponseId, expires, answer.Model);
        }
    }

    /// <summary>The fingerprint with which a message, or the first of its contents that a host kept it on, was stamped; null for none.</summary>
    public static string? FingerprintOf(ChatMessage message) =>
        message.AdditionalProperties.GetText(GrokKeys.History.Fingerprint)
        ?? (message.Role == ChatRole.Assistant ? message.Contents.Select(static c => c.AdditionalProperties.GetText(GrokKeys.History.Fingerprint)).FirstOrDefault(static f => f is not null) : null);

    /// <summary>The answer that a stamp names; null when the stamp is not believed.</summary>
    /// <param name="stamps">The stamps of a message.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="key">The application's key; null for none.</param>
    /// <param name="isRemembered">Whether this process gave an answer with that fingerprint and response id.</param>
    public static KnownAnswer? Read(AdditionalPropertiesDictionary? stamps, string tenant, byte[]? key, Func<string, string, bool> isRemembered) =>
        stamps.GetText(GrokKeys.History.Fingerprint) is { } fingerprint && stamps.GetText(GrokKeys.History.ResponseId) is { } id
        && stamps.GetText(GrokKeys.History.ExpiresAt) is { } expires
        && DateTimeOffset.TryParseExact(expires, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        && stamps.GetText(GrokKeys.History.Model) is var model
        && (IsSigned(stamps, key, tenant, fingerprint, id, expires, model) || isRemembered(fingerprint, id))
            ? new KnownAnswer(id, model, time)
            : null;

    private static bool IsSigned(AdditionalPropertiesDictionary? properties, byte[]? key, params ReadOnlySpan<string?> texts) =>
        key is not null && properties.GetText(GrokKeys.History.Signature) is { } signature
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(key, texts)), Encoding.UTF8.GetBytes(signature));

    /// <summary>Each text with its length before it, so that no two stamps are signed alike.</summary>
    private static string Sign(byte[] key, params ReadOnlySpan<string?> texts)
    {
        var all = new StringBuilder("history tracking\n");
        foreach (var text in texts)
        {
            all.Append(CultureInfo.InvariantCulture, $"{text?.Length ?? -1}:{text}\n");
        }

        return Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(all.ToString())));
    }
}
