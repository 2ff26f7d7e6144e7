using System.Text;
using System.Text.Json;
using Connectors.Grok.Faults.Tests.Support;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>An answer during mutation, before it is written as bytes.</summary>
internal sealed class Draft
{
    public Draft(Seed seed)
    {
        Seed = seed;
        Events = [.. seed.Parts.Select(p => new DraftEvent(p, seed.IsStream ? TypeOf(p) : null))];
        (Status, ContentType) = (seed.Status, seed.ContentType);
    }

    public Seed Seed { get; }

    public List<DraftEvent> Events { get; }

    public int Status { get; set; }

    public string? ContentType { get; set; }

    public string NewLine { get; set; } = "\n";

    public bool HasMark { get; set; }

    public bool HasNoSpaces { get; set; }

    public bool IsGzip { get; set; }

    public bool LiesAboutGzip { get; set; }

    /// <summary>The final mutation of the bytes.</summary>
    public List<Func<byte[], byte[]>> OnBytes { get; } = [];

    public WireAnswer Render()
    {
        var text = new StringBuilder(HasMark ? "\uFEFF" : "");
        if (!Seed.IsStream)
        {
            Events.ForEach(e => text.Append(e.Data));
        }
        else
        {
            Events.ForEach(e => Write(text, e));
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        OnBytes.ForEach(change => bytes = change(bytes));
        var answer = new WireAnswer(bytes) { Status = Status, ContentType = ContentType, SaysGzip = LiesAboutGzip };
        return IsGzip ? answer.Gzipped() : answer;
    }

    private void Write(StringBuilder text, DraftEvent e)
    {
        if (e.Raw is { } raw)
        {
            text.Append(raw);
            return;
        }

        var space = HasNoSpaces ? "" : " ";
        text.Append(e.Before);
        if (e.Name is { } name)
        {
            text.Append("event:").Append(space).Append(name).Append(NewLine);
        }

        foreach (var line in e.Data.Split('\n'))
        {
            text.Append("data:").Append(space).Append(line).Append(NewLine);
        }

        text.Append(e.HasNoEnd ? "" : NewLine);
    }

    private static string? TypeOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("type", out var type) ? type.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One event of an answer.</summary>
/// <param name="Data">Its JSON.</param>
/// <param name="Name">The name of its <c>event:</c> line; null for none.</param>
internal sealed record DraftEvent(string Data, string? Name)
{
    /// <summary>The lines before the event.</summary>
    public string Before { get; init; } = "";

    /// <summary>Whether the empty line that ends the event is missing.</summary>
    public bool HasNoEnd { get; init; }

    /// <summary>Raw bytes that replace the event.</summary>
    public string? Raw { get; init; }
}
