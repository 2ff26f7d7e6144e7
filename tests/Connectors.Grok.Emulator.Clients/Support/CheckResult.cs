using System.Text.Json;

namespace Connectors.Grok.Emulator.Clients.Support;

/// <summary>The result of a check with a client.</summary>
public sealed record CheckResult(string Client, string Check, bool Ok, string Note)
{
    public static CheckResult Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new CheckResult(root.GetProperty("client").GetString()!, root.GetProperty("check").GetString()!, root.GetProperty("ok").GetBoolean(), root.GetProperty("note").GetString()!);
    }
}
