using System.Linq.Expressions;
using System.Reflection;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>Sets every settable member of the abstractions' options, tools, messages and contents, one at a time, and finds what becomes of it.</summary>
internal static class MemberProbes
{
    /// <summary>Members that are no part of a request, with the reason. Everything else has to be sent, logged or refused.</summary>
    public static readonly IReadOnlyDictionary<string, string> Local = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AIContent.Annotations"] = "citations of an answer; the API takes none back",
        ["AIContent.AdditionalProperties"] = "the application's own; the keys of `GrokKeys.Content` are read",
        ["ChatMessage.AdditionalProperties"] = "the application's own",
        ["ChatMessage.CreatedAt"] = "the time of a message; the API has no member for it",
        ["ChatMessage.MessageId"] = "names an answer in the application",
        ["ChatMessage.RawRepresentation"] = "the event or response that a message came from; the contents are sent",
        ["ErrorContent.Details"] = "describes an error; of errors only a refusal's message is sent",
        ["FunctionCallContent.Exception"] = "tells a function loop that the arguments could not be read",
        ["FunctionCallContent.InformationalOnly"] = "tells a function loop not to run the call",
        ["HostedFileContent.CreatedAt"] = "describes the file, which the service knows by its id",
        ["HostedFileContent.MediaType"] = "describes the file, which the service knows by its id",
        ["HostedFileContent.Name"] = "describes the file, which the service knows by its id",
        ["HostedFileContent.Purpose"] = "describes the file, which the service knows by its id",
        ["HostedFileContent.Scope"] = "describes the file, which the service knows by its id",
        ["HostedFileContent.SizeInBytes"] = "describes the file, which the service knows by its id",
        ["UsageContent.Details"] = "what an answer reported about itself",
    };

    private static readonly Dictionary<string, object> Samples = new(StringComparer.Ordinal)
    {
        ["ChatMessage.Role"] = ChatRole.System,
        ["ChatOptions.ContinuationToken"] = ResponseContinuationToken.FromBytes(new byte[] { 1 }),
        ["ChatOptions.Reasoning"] = new ReasoningOptions { Effort = ReasoningEffort.High },
        ["ChatOptions.ResponseFormat"] = ChatResponseFormat.Json,
        ["ChatOptions.ToolMode"] = ChatToolMode.RequireAny,
        ["ChatOptions.RawRepresentationFactory"] = new Func<IChatClient, object?>(static _ => new CreateResponseRequest { User = "u" }),
        ["FunctionResultContent.Result"] = "probe",
        ["GrokXSearchTool.From"] = new DateOnly(2026, 1, 1),
        ["GrokXSearchTool.To"] = new DateOnly(2026, 1, 1),
        ["HostedImageGenerationTool.Options"] = new ImageGenerationOptions { Count = 2 },
        ["HostedMcpServerTool.ApprovalMode"] = HostedMcpServerToolApprovalMode.AlwaysRequire,
        ["HostedMcpServerTool.Headers"] = new Dictionary<string, string> { ["a"] = "b" },
        ["ImageGenerationOptions.ImageSize"] = new System.Drawing.Size(1, 1),
        ["ImageGenerationOptions.ResponseFormat"] = ImageGenerationResponseFormat.Data,
        ["TextReasoningContent.RawRepresentation"] = new ReasoningItem { Id = "rs_9", EncryptedContent = "c" },
        ["UriContent.Uri"] = new Uri("https://x.ai/other.png"),
        ["UriContent.MediaType"] = "image/gif",
        ["ErrorContent.ErrorCode"] = "Other",
        ["ReasoningOptions.Effort"] = ReasoningEffort.High,
        ["ReasoningOptions.Output"] = ReasoningOutput.Full,
    };

    /// <summary>What became of a member.</summary>
    /// <param name="Type">The type that declares it.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Outcome"><c>mapped</c>, <c>logged</c>, <c>refused</c>, <c>local</c> or <c>silent</c>.</param>
    public sealed record Member(string Type, string Name, string Outcome);

    /// <summary>Probes all members.</summary>
    public static async Task<IReadOnlyList<Member>> RunAsync()
    {
        var members = new List<Member>();
        foreach (var type in Types())
        {
            foreach (var property in type.GetProperties().Where(p => IsSettable(type, p)).OrderBy(static p => p.Name, StringComparer.Ordinal))
            {
                var owner = property.DeclaringType!.Name;
                members.Add(new(type == typeof(Function) ? "AIFunctionDeclaration" : type.Name, property.Name, Local.ContainsKey($"{owner}.{property.Name}") ? "local" : await OutcomeAsync(type, property)));
            }
        }

        return members;
    }

    /// <summary>Every concrete type that a caller can put into a request.</summary>
    private static IEnumerable<Type> Types()
    {
        Type[] roots = [typeof(AIContent), typeof(AITool), typeof(HostedMcpServerToolApprovalMode)];
        return typeof(AIContent).Assembly.GetExportedTypes()
            .Where(t => !t.IsAbstract && t.GetConstructors().Length > 0 && roots.Any(r => r.IsAssignableFrom(t)) && !typeof(AIFunctionDeclaration).IsAssignableFrom(t))
            .Concat([typeof(ChatOptions), typeof(ReasoningOptions), typeof(ImageGenerationOptions), typeof(ChatMessage), typeof(Function), typeof(GrokXSearchTool)])
            .OrderBy(static t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>Whether a caller can set the property: tools take their additional properties in the constructor.</summary>
    private static bool IsSettable(Type type, PropertyInfo property) =>
        property.SetMethod?.IsPublic == true || (property.Name == "AdditionalProperties" && typeof(AITool).IsAssignableFrom(type) && type != typeof(GrokXSearchTool));

    private static async Task<string> OutcomeAsync(Type type, PropertyInfo property)
    {
        var (before, _, problem) = await SendAsync(Base(type, property.Name));
        var target = Base(type, property.Name);
        if (property.SetMethod?.IsPublic == true)
        {
            property.SetValue(target, Sample(type, property));
        }
        else if (target is Function function)
        {
            function.Properties = Unknown;
        }
        else
        {
            target = Activator.CreateInstance(type, [.. type.Name == nameof(HostedMcpServerTool) ? ["docs", "https://mcp.example/"] : (object[])[], Unknown])!;
        }

        if (target is HostedFileSearchTool { Inputs: null } files)
        {
            files.Inputs = [new HostedVectorStoreContent("s")];
        }

        var (after, lines, refusal) = await SendAsync(target);
        return refusal is not null ? "refused" : problem is not null || before != after ? "mapped" : lines > 0 ? "logged" : "silent";
    }

    private static IReadOnlyDictionary<string, object?> Unknown => new Dictionary<string, object?> { ["probe"] = 1 };

    private static object Sample(Type owner, PropertyInfo property)
    {
        var key = $"{property.DeclaringType!.Name}.{property.Name}";
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return Samples.TryGetValue($"{owner.Name}.{property.Name}", out var sample) || Samples.TryGetValue(key, out sample) ? sample
            : type == typeof(string) ? "probe"
            : type == typeof(bool) ? true
            : type == typeof(int) ? 1
            : type == typeof(long) ? 1L
            : type == typeof(float) ? 0.5f
            : type == typeof(object) ? new InputTextPart("raw")
            : type == typeof(Exception) ? new InvalidOperationException("probe")
            : type == typeof(AdditionalPropertiesDictionary) ? new AdditionalPropertiesDictionary { ["probe"] = 1 }
            : type == typeof(IList<AITool>) ? new List<AITool> { new Function() }
            : type.IsAssignableFrom(typeof(List<string>)) ? new List<string> { "probe" }
            : type.IsAssignableFrom(typeof(List<AIContent>)) ? new List<AIContent> { new TextContent("probe") }
            : type.IsAssignableFrom(typeof(Dictionary<string, object?>)) ? new Dictionary<string, object?> { ["probe"] = 1 }
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Func<,>)
                ? Expression.Lambda(type, Expression.Constant("x", typeof(object)), Expression.Parameter(type.GenericTypeArguments[0])).Compile()
            : throw new NotSupportedException($"{key} is new: add a sample of {type} to {nameof(MemberProbes)}, and decide what becomes of the member.");
    }

    /// <summary>An object of the type that can be sent, so that setting one member shows what becomes of it.</summary>
    private static object Base(Type type, string member) => type.Name switch
    {
        nameof(ChatMessage) => new ChatMessage(ChatRole.User, "t"),
        nameof(ChatOptions) when member is nameof(ChatOptions.ToolMode) or nameof(ChatOptions.AllowMultipleToolCalls) => new ChatOptions { Tools = [new Function()] },
        nameof(FunctionCallContent) => new FunctionCallContent("c1", "f"),
        nameof(FunctionResultContent) => new FunctionResultContent("c1", null),
        nameof(DataContent) => new DataContent("x"u8.ToArray(), "application/pdf"),
        nameof(UriContent) => new UriContent("https://x.ai/i.png", "image/png"),
        nameof(TextContent) => new TextContent("t"),
        nameof(TextReasoningContent) => new TextReasoningContent("t") { ProtectedData = "b", AdditionalProperties = new() { [GrokKeys.Content.ReasoningModel] = "grok-4.7" } },
        nameof(ErrorContent) => new ErrorContent("No.") { ErrorCode = "Refusal" },
        nameof(HostedFileContent) => new HostedFileContent("file_1"),
        nameof(HostedVectorStoreContent) => new HostedVectorStoreContent("s"),
        nameof(HostedFileSearchTool) => new HostedFileSearchTool { Inputs = [new HostedVectorStoreContent("s")] },
        nameof(HostedMcpServerTool) => new HostedMcpServerTool("docs", "https://mcp.example/"),
        nameof(HostedMcpServerToolRequireSpecificApprovalMode) => new HostedMcpServerToolRequireSpecificApprovalMode(null, null),
        nameof(UsageContent) => new UsageContent(new UsageDetails()),
        nameof(McpServerToolCallContent) => new McpServerToolCallContent("m1", "f", "docs"),
        nameof(ToolApprovalRequestContent) => new ToolApprovalRequestContent("a1", new FunctionCallContent("c9", "f")),
        nameof(ToolApprovalResponseContent) => new ToolApprovalResponseContent("a1", true, new FunctionCallContent("c9", "f")),
        _ when typeof(ToolCallContent).IsAssignableFrom(type) || typeof(ToolResultContent).IsAssignableFrom(type) => Activator.CreateInstance(type, "t1")!,
        _ => Activator.CreateInstance(type)!,
    };

    private static async Task<(string Body, int Lines, Exception? Refusal)> SendAsync(object target)
    {
        var log = new ListLogger();
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, o => o.LoggerFactory = log);
        var (messages, options) = Wrap(target);
        var refusal = await Record.ExceptionAsync(() => client.GetResponseAsync([.. messages, new(ChatRole.User, "q")], options));
        return refusal switch
        {
            null => (handler.LastBody, log.Lines.Count, null),
            ArgumentException or NotSupportedException or InvalidOperationException => ("", log.Lines.Count, refusal),
            _ => throw new InvalidOperationException($"{target.GetType().Name} cannot be probed.", refusal),
        };
    }

    private static (List<ChatMessage> Messages, ChatOptions Options) Wrap(object target) => target switch
    {
        ChatOptions options => ([], options),
        ReasoningOptions reasoning => ([], new() { Reasoning = reasoning }),
        ImageGenerationOptions image => ([], new() { Tools = [new HostedImageGenerationTool { Options = image }] }),
        HostedMcpServerToolApprovalMode mode => ([], new() { Tools = [new HostedMcpServerTool("docs", "https://mcp.example/") { ApprovalMode = mode }] }),
        AITool tool => ([], new() { Tools = [tool] }),
        HostedVectorStoreContent { RawRepresentation: null } store => ([], new() { Tools = [new HostedFileSearchTool { Inputs = [store] }] }),
        ChatMessage message => ([message], new()),
        FunctionCallContent call => ([new(ChatRole.Assistant, [call]), new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "r")])], new()),
        FunctionResultContent result => ([new(ChatRole.Assistant, [new FunctionCallContent(result.CallId, "f")]), new(ChatRole.Tool, [result])], new()),
        AIContent content => ([new(content is TextReasoningContent or ErrorContent or ToolCallContent or ToolResultContent or UsageContent ? ChatRole.Assistant : ChatRole.User, [content])], new ChatOptions()),
        _ => throw new NotSupportedException($"{target.GetType().Name} is new: add it to {nameof(MemberProbes)}."),
    };

    /// <summary>A function, with a way to set its additional properties.</summary>
    private sealed class Function : AIFunctionDeclaration
    {
        public override string Name => "f";

        internal IReadOnlyDictionary<string, object?> Properties { get; set; } = new Dictionary<string, object?>();

        public override IReadOnlyDictionary<string, object?> AdditionalProperties => Properties;
    }
}
