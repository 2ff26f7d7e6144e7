using System.Globalization;
using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>A call that points a name to a turn, which it may add.</summary>
internal sealed class NameChange
{
    public required ConversationId Id { get; init; }

    public required string? ExpectedHead { get; init; }

    /// <summary>The turn to add; null to only move the name.</summary>
    public ConversationTurn? Turn { get; init; }

    /// <summary>The turn to point to; null for none.</summary>
    public required string? HeadId { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>What the turn and the name carry, so that a retry recognises what an earlier attempt did.</summary>
    public string Token { get; private set; } = RedisKeys.NewId();

    /// <summary>The instance of the name, should the call create it in a tree.</summary>
    public string NewInstance { get; } = RedisKeys.NewId();

    public string NameKey => field ??= RedisKeys.Hash(Id);

    public string? ExpectedKey => field ??= Hash(ExpectedHead);

    public string? HeadKey => field ??= Hash(HeadId);

    /// <summary>The turn that must exist: the parent of the added one, or the one to point to.</summary>
    public string? RequiredKey => field ??= Hash(Turn is null ? HeadId : Turn.ParentId);

    /// <summary>The arguments of the script.</summary>
    public RedisValue[] Arguments(string mode, string instance, string? replacedPlace, NameRecord? before, Place? left) =>
    [
        instance,
        mode,
        replacedPlace ?? "",
        ExpectedKey ?? "-",
        HeadKey ?? "-",
        HeadId ?? "",
        RequiredKey ?? "-",
        RedisKeys.Digits(Now),
        Expiry.ToText(ExpiresAt),
        Token,
        Id.Tenant,
        Id.Name,
        RedisKeys.Digits(before?.Info.CreatedAt ?? Now),
        before is null ? "" : string.Join(',', before.Parts.Append(left!.Value).Distinct()),
        before is { BranchPoint: not null } or { IsBranched: true } ? "1" : "0",
        ExpectedHead is null ? "1" : "0",
        Turn is null ? "0" : "1",
        RedisKeys.Digits(Now),
        before?.Info.Title ?? "",
        .. Turn is null ? [] : TurnRow.Values(Turn),
    ];

    /// <summary>Takes another token, after the claim under the last one was taken away.</summary>
    public void Renew() => Token = RedisKeys.NewId();

    private string? Hash(string? turn) => turn is null ? null : RedisKeys.Hash(Id.Tenant, turn);
}

/// <summary>From when on Redis removes a tree that no purge removed.</summary>
internal static class Expiry
{
    /// <summary>The engine compares times on the nodes' clocks, and purges. Redis removes what is left a day later, by its own clock.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    /// <summary>Milliseconds as 16 hexadecimal digits; <c>~</c>, which sorts behind every digit, for never.</summary>
    public static string ToText(DateTimeOffset? expiresAt) => Later(expiresAt) is { } time ? time.ToUnixTimeMilliseconds().ToString("x16", CultureInfo.InvariantCulture) : "~";

    /// <summary>The moment; null for never.</summary>
    public static DateTimeOffset? Later(DateTimeOffset? expiresAt) =>
        expiresAt is { } time && time < DateTimeOffset.MaxValue - Grace && time > DateTimeOffset.UnixEpoch ? time + Grace : null;
}
