using System.Text.Json;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>Reads the replies of a script file: a text, an array of steps, or an object of steps and options. Everything is checked when the file is read.</summary>
internal static class ScriptSteps
{
    private const string Steps = "steps";

    private static readonly Dictionary<string, Func<ScriptNode, Gates, Action<ReplyBuilder>>> Known = new()
    {
        ["text"] = static (node, _) => Step(node.String(), static (reply, text) => reply.Text(text)),
        ["deltas"] = static (node, _) => Step(node.Strings(), static (reply, deltas) => reply.Deltas(deltas)),
        ["cite"] = static (node, _) => Step((Short(node, "url", "title"), node.StringOrNull("title")), static (reply, value) => reply.Cite(value.Item1, value.Item2)),
        ["newMessage"] = static (node, _) => node.Boolean() ? reply => reply.NewMessage() : throw node.Wrong("true"),
        ["refuse"] = static (node, _) => Step(node.String(), static (reply, text) => reply.Refuse(text)),
        ["reasoning"] = static (node, _) => Step(node.Strings(), static (reply, parts) => reply.Reasoning(parts)),
        ["reasoningText"] = static (node, _) => Step(node.String(), static (reply, text) => reply.ReasoningText(text)),
        ["call"] = static (node, _) => Call(node.ObjectOf("name", "arguments", "callId", "style")),
        ["webSearch"] = static (node, _) => Step((Short(node, "query", "sources"), node.Strings("sources")), static (reply, value) => reply.WebSearch(value.Item1, value.Item2)),
        ["oldWebSearch"] = static (node, _) => Step(node.String(), static (reply, query) => reply.OldWebSearch(query)),
        ["openPage"] = static (node, _) => Step(node.String(), static (reply, url) => reply.OpenPage(url)),
        ["findInPage"] = static (node, _) => Step((node.ObjectOf("pattern", "url").String("pattern"), node.String("url")), static (reply, value) => reply.FindInPage(value.Item1, value.Item2)),
        ["xSearch"] = static (node, _) => XSearch(node),
        ["oldXSearch"] = static (node, _) => Step((Short(node, "query", "name"), node.StringOrNull("name") ?? "x_semantic_search"), static (reply, value) => reply.OldXSearch(value.Item1, value.Item2)),
        ["code"] = static (node, _) => Step((Short(node, "code", "logs"), node.StringOrNull("logs")), static (reply, value) => reply.Code(value.Item1, value.Item2)),
        ["codeRun"] = static (node, _) => CodeRun(node.ObjectOf("code", "stdout", "stderr", "exitCode")),
        ["fileSearch"] = static (node, _) => FileSearch(node),
        ["mcp"] = static (node, _) => Mcp(node.ObjectOf("server", "tool", "arguments", "output", "error")),
        ["image"] = static (node, _) => Image(node.ObjectOf("base64", "prompt")),
        ["failedImage"] = static (node, _) => Step(node.String(), static (reply, prompt) => reply.FailedImage(prompt)),
        ["toolSearch"] = static (node, _) => Step((Short(node, "query", "names"), node.Strings("names")), static (reply, value) => reply.ToolSearch(value.Item1, value.Item2)),
        ["failedToolSearch"] = static (node, _) => Step(node.String(), static (reply, query) => reply.FailedToolSearch(query)),
        ["shell"] = static (node, _) => Step(node.Strings(), static (reply, commands) => reply.Shell(commands)),
        ["parallel"] = Parallel,
        ["pause"] = static (node, _) => Step(Milliseconds(node), static (reply, pause) => reply.Pause(pause)),
        ["hold"] = static (node, gates) => Step(gates.Get(node.String()), static (reply, gate) => reply.Hold(gate)),
    };

    private static readonly Dictionary<string, Func<ScriptNode, Gates, Action<ReplyBuilder>>> KnownOptions = new()
    {
        ["incomplete"] = static (node, _) => Step(node.String(), static (reply, reason) => reply.Incomplete(reason)),
        ["fail"] = static (node, _) => Step((node.ObjectOf("code", "message").String("code"), node.String("message")), static (reply, value) => reply.Fail(value.Item1, value.Item2)),
        ["errorFrame"] = static (node, _) => Step((Short(node, "message", "code"), node.StringOrNull("code")), static (reply, value) => reply.ErrorFrame(value.Item1, value.Item2)),
        ["fault"] = static (node, _) => Step(FaultOf(node), static (reply, fault) => reply.Fault(fault)),
        ["pace"] = static (node, _) => Step(Milliseconds(node), static (reply, pace) => reply.Pace(pace)),
        ["holdAfter"] = static (node, gates) => Step((node.ObjectOf("events", "gate").Member("events").Number(), gates.Get(node.String("gate"))), static (reply, value) => reply.HoldAfter(value.Item1, value.Item2)),
        ["usage"] = static (node, _) => Usage(node.ObjectOf("inputTokens", "outputTokens", "reasoningTokens", "cachedTokens")),
        ["attachmentSearch"] = static (node, _) => Step(node.Number(), static (reply, calls) => reply.AttachmentSearch(calls)),
    };

    /// <summary>The names of the steps.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>The names of the options of a reply.</summary>
    public static IReadOnlyList<string> OptionNames { get; } = [.. KnownOptions.Keys];

    /// <summary>Reads a reply.</summary>
    /// <param name="node">The reply.</param>
    /// <param name="gates">The gates of the file, to which those of the reply are added.</param>
    public static Action<ReplyBuilder> Read(ScriptNode node, Dictionary<string, ReplyGate> gates)
    {
        var named = new Gates(gates);
        switch (node.Kind)
        {
            case JsonValueKind.String:
                return reply => reply.Text(node.Text);
            case JsonValueKind.Array:
                return ReadSteps(node, named);
            case JsonValueKind.Object:
                var options = node.ObjectOf([Steps, .. OptionNames]).Members.Where(static member => member.Name != Steps).Select(member => KnownOptions[member.Name](member.Value, named)).ToList();
                var steps = node.Find(Steps) is { } array ? ReadSteps(array, named) : static _ => { };
                return reply =>
                {
                    steps(reply);
                    options.ForEach(option => option(reply));
                };
            default:
                throw node.Wrong("a text, an array of steps, or an object with \"steps\"");
        }
    }

    private static Action<ReplyBuilder> ReadSteps(ScriptNode node, Gates gates)
    {
        var steps = node.Array().Select(step => ReadStep(step, gates)).ToList();
        return reply => steps.ForEach(step => step(reply));
    }

    private static Action<ReplyBuilder> ReadStep(ScriptNode node, Gates gates)
    {
        if (node.Kind == JsonValueKind.String)
        {
            return reply => reply.Text(node.Text);
        }

        return node.ObjectOf([.. Names]).Members is [var (name, value)]
            ? Known[name](value, gates)
            : throw node.Error($"A step is a text, or an object with exactly one member, such as {{\"text\": \"Hello\"}}; this one has {node.Members.Count}.");
    }

    private static Action<ReplyBuilder> Step<T>(T value, Action<ReplyBuilder, T> apply) => reply => apply(reply, value);

    private static string Short(ScriptNode node, string name, params string[] others) => node.Kind == JsonValueKind.String ? node.Text : node.ObjectOf([name, .. others]).String(name);

    private static TimeSpan Milliseconds(ScriptNode node) => TimeSpan.FromMilliseconds(node.Number());

    private static Action<ReplyBuilder> Call(ScriptNode node)
    {
        var (name, arguments, callId, style) = (node.String("name"), node.Find("arguments")?.StringOrJson() ?? "{}", node.StringOrNull("callId"), CallStyle.AsRequested);
        if (node.Find("style") is { } text && (!Enum.TryParse(text.String(), ignoreCase: true, out style) || !Enum.IsDefined(style)))
        {
            throw text.Error($"The style \"{text.Text}\" does not exist. Use one of: {string.Join(", ", Enum.GetNames<CallStyle>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.");
        }

        return reply => reply.Call(name, arguments, callId, style);
    }

    private static Action<ReplyBuilder> XSearch(ScriptNode node)
    {
        var (query, name, posts, users) = (Short(node, "query", "name", "posts", "users"), node.StringOrNull("name") ?? "x_keyword_search", node.Number("posts", 10), node.Number("users", 0));
        return reply => reply.XSearch(query, name, posts, users);
    }

    private static Action<ReplyBuilder> CodeRun(ScriptNode node)
    {
        var (code, stdout, stderr, exitCode) = (node.String("code"), node.StringOrNull("stdout") ?? "", node.StringOrNull("stderr") ?? "", node.Number("exitCode", 0));
        return reply => reply.CodeRun(code, stdout, stderr, exitCode);
    }

    private static Action<ReplyBuilder> FileSearch(ScriptNode node)
    {
        var query = Short(node, "query", "hits");
        FileHit[] hits = [.. (node.Find("hits")?.Array() ?? []).Select(static hit => hit.ObjectOf("fileId", "fileName", "text", "score")).Select(static hit =>
            new FileHit(hit.String("fileId"), hit.String("fileName"), hit.String("text"), hit.Find("score") is { } score ? Score(score) : 0))];
        return reply => reply.FileSearch(query, hits);
    }

    private static double Score(ScriptNode node) => node.Kind == JsonValueKind.Number && double.TryParse(node.Raw, out var score) ? score : throw node.Wrong("a number");

    private static Action<ReplyBuilder> Mcp(ScriptNode node)
    {
        var (server, tool, arguments) = (node.String("server"), node.String("tool"), node.Find("arguments")?.StringOrJson() ?? "{}");
        var (output, error) = (node.Find("output") is { Kind: not JsonValueKind.Null } value ? value.StringOrJson() : null, node.StringOrNull("error"));
        return reply => reply.Mcp(server, tool, arguments, output, error);
    }

    private static Action<ReplyBuilder> Image(ScriptNode node)
    {
        var (base64, prompt) = (node.Member("base64"), node.StringOrNull("prompt") ?? "");
        var bytes = new byte[base64.String().Length];
        return Convert.TryFromBase64String(base64.Text, bytes, out var count) ? reply => reply.Image(bytes.AsSpan(0, count), prompt) : throw base64.Error("The text is not base64.");
    }

    private static Action<ReplyBuilder> Parallel(ScriptNode node, Gates gates)
    {
        if (node.Array().FirstOrDefault(static step => step.Find("parallel") is not null) is { } nested)
        {
            throw nested.Error("The step \"parallel\" cannot be nested. Add all the items in one.");
        }

        var steps = ReadSteps(node, gates);
        return reply => reply.InParallel(steps);
    }

    private static Action<ReplyBuilder> Usage(ScriptNode node)
    {
        var (input, output, reasoning, cached) = (node.Member("inputTokens").Number(), node.Member("outputTokens").Number(), node.Number("reasoningTokens", 0), node.Number("cachedTokens", 0));
        return reply => reply.Usage(input, output, reasoning, cached);
    }

    private static Fault FaultOf(ScriptNode node)
    {
        try
        {
            return Emulator.Fault.Parse(node.String());
        }
        catch (FormatException invalid) when (node.Kind == JsonValueKind.String)
        {
            throw node.Error(invalid.Message);
        }
    }

    /// <summary>The gates of a file, by name.</summary>
    private sealed class Gates(Dictionary<string, ReplyGate> gates)
    {
        public ReplyGate Get(string name) => gates.TryGetValue(name, out var gate) ? gate : gates[name] = new ReplyGate();
    }
}
