using System.Globalization;

namespace Chat;

/// <summary>The parsed command line.</summary>
internal sealed record ChatCommandLine
{
    public IReadOnlyList<string> Messages { get; private init; } = [];

    public string? Model { get; private init; }

    public string? System { get; private init; }

    public IReadOnlyList<string> Images { get; private init; } = [];

    public string? Endpoint { get; private init; }

    /// <summary>The id of a stored response of an earlier run to continue from.</summary>
    public string? Continue { get; private init; }

    /// <summary>The name of a conversation that is stored in a file.</summary>
    public string? Conversation { get; private init; }

    /// <summary>The file of the conversations; null for the default file in the user's data folder.</summary>
    public string? Database { get; private init; }

    /// <summary>The maximum cost of a conversation in US dollars; null for no limit.</summary>
    public decimal? Budget { get; private init; }

    public bool NoStore { get; private init; }

    public bool EncryptedReasoning { get; private init; }

    public bool Json { get; private init; }

    public bool ShowWire { get; private init; }

    public bool Help { get; private init; }

    /// <summary>Whether conversations are stored in a file; otherwise they are stored in memory.</summary>
    public bool UsesFile => Conversation is not null || Database is not null || OnlyLists;

    /// <summary>Whether all messages are commands that read stored conversations, so that no file has to be created.</summary>
    public bool OnlyLists => Messages.Count > 0 && Messages.All(static m => Commands.Name(m) is "/conversations" or "/search");

    /// <summary>Parses the arguments. Options and messages can be mixed; all arguments after <c>--</c> are messages.</summary>
    /// <exception cref="UserException">An option is unknown or lacks its value, or a message is empty.</exception>
    public static ChatCommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new ChatCommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--")
            {
                line = line with { Messages = [.. line.Messages, .. arguments.Skip(i + 1)] };
                break;
            }

            if (arguments[i] is not ['-', _, ..])
            {
                line = line with { Messages = [.. line.Messages, arguments[i]] };
                continue;
            }

            var (name, value) = Split(arguments[i]);
            line = TakesValue(name)
                ? line.WithOption(name, value ?? (i + 1 < arguments.Count ? arguments[++i] : null))
                : value is null ? line.WithOption(name) : throw new UserException($"{name} takes no value. Write {name} alone.");
        }

        return line.Validate();
    }

    private static bool TakesValue(string name) =>
        name is "--model" or "--system" or "--image" or "--endpoint" or "--continue" or "--conversation" or "--database" or "--budget";

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 || !argument.StartsWith("--", StringComparison.Ordinal) ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private ChatCommandLine WithOption(string name) => name switch
    {
        "--no-store" => this with { NoStore = true },
        "--encrypted-reasoning" => this with { EncryptedReasoning = true },
        "--json" => this with { Json = true },
        "--show-wire" => this with { ShowWire = true },
        "--help" or "-h" => this with { Help = true },
        _ => throw new UserException($"Unknown option {name}. --help lists the options; put a message that begins with a dash after \"--\"."),
    };

    private ChatCommandLine WithOption(string name, string? value)
    {
        // In "--model --json" the value is missing; --json is the next option.
        if (string.IsNullOrWhiteSpace(value) || value.StartsWith("--", StringComparison.Ordinal))
        {
            throw new UserException($"{name} requires a value, such as {name} {Example(name)}.");
        }

        return name switch
        {
            "--model" => this with { Model = value },
            "--system" => this with { System = value },
            "--image" => this with { Images = [.. Images, value] },
            "--endpoint" => this with { Endpoint = value },
            "--conversation" => this with { Conversation = value },
            "--database" => this with { Database = value },
            "--budget" => this with { Budget = ToUsd(value) },
            _ => this with { Continue = value },
        };
    }

    private static string Example(string name) => name switch
    {
        "--model" => "grok-4.7",
        "--system" => "\"Answer in French.\"",
        "--image" => "photo.jpg",
        "--endpoint" => "http://127.0.0.1:8787",
        "--conversation" => "ticket-4711",
        "--database" => "conversations.db",
        "--budget" => "0.50",
        _ => "RESPONSE_ID",
    };

    private static decimal ToUsd(string value) => decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd)
        ? usd
        : throw new UserException($"--budget {value} is not an amount of US dollars. Use a number such as --budget 0.50.");

    private ChatCommandLine Validate()
    {
        var empty = Messages.Select(string.IsNullOrWhiteSpace).ToList().IndexOf(true);
        if (empty >= 0 && !Help)
        {
            throw new UserException($"Message {empty + 1} is empty. Add text or remove the message.");
        }

        if (Continue is not null && Database is not null && Conversation is null)
        {
            throw new UserException("--continue and --database cannot be combined: one continues from a response, the other from stored conversations. Remove one of them.");
        }

        if (Continue is not null && Conversation is not null)
        {
            throw new UserException("--continue and --conversation cannot be combined: one continues from a response, the other from a conversation. Remove one of them.");
        }

        if (Continue is not null && NoStore)
        {
            throw new UserException("--continue and --no-store cannot be combined: --continue requires a stored response. Remove one of them.");
        }

        return Continue is not null && System is not null
            ? throw new UserException("--system and --continue cannot be combined: a continued response keeps its system prompt. Remove one of them.")
            : this;
    }
}
