using System.Globalization;
using System.Text.Json;
using Connectors.Grok.Conversations;
using StackExchange.Redis;

namespace Connectors.Grok.Redis;

/// <summary>A name as its tree has it.</summary>
internal sealed record NameRecord
{
    public required ConversationInfo Info { get; init; }

    /// <summary>The hash of the head.</summary>
    public string? Head { get; init; }

    /// <summary>The hash of the branch point in this tree.</summary>
    public string? BranchPoint { get; init; }

    /// <summary>Whether the name has a branch point in another tree.</summary>
    public bool IsBranched { get; init; }

    /// <summary>Where the name is now, when it left this tree.</summary>
    public Place? MovedTo { get; init; }

    /// <summary>Where the name was before, and still owns turns.</summary>
    public IReadOnlyList<Place> Parts { get; init; } = [];

    public bool IsDeleted { get; init; }

    /// <summary>Reads a record; null for none.</summary>
    /// <exception cref="InvalidDataException">The text is not the JSON of a name.</exception>
    public static NameRecord? Parse(RedisValue json)
    {
        if (json.IsNull)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse((ReadOnlyMemory<byte>)json);
            var root = document.RootElement;
            return new()
            {
                Info = new(new(Text("tenant")!, Text("name")!), Text("head_id"), Time("created"), Time("updated")) { Title = Text("title") },
                Head = Text("head"),
                BranchPoint = Text("branch"),
                IsBranched = Text("branched") == "1",
                MovedTo = Text("moved") is { } moved ? Place.Parse(moved) : null,
                Parts = [.. Text("parts")!.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Place.Parse)],
                IsDeleted = Text("deleted") is not null,
            };

            string? Text(string member) => root.TryGetProperty(member, out var value) ? value.GetString() : null;

            DateTimeOffset Time(string member) => new(long.Parse(Text(member)!, CultureInfo.InvariantCulture), TimeSpan.Zero);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException("The record of a name cannot be read.", e);
        }
    }
}
