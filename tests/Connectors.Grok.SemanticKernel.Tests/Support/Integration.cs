using Connectors.Grok.Conversations;
using Connectors.Grok.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>An integration with Semantic Kernel: with this package, or with the core only.</summary>
public abstract class Integration
{
    public static Integration Package { get; } = new PackageIntegration();

    public static Integration CoreOnly { get; } = new CoreIntegration();

    public static Integration Parse(string name) => name == Package.Name ? Package : CoreOnly;

    public abstract string Name { get; }

    /// <summary>The application's secret, which all its processes share.</summary>
    public static byte[] HistoryKey { get; } = "the same in every process"u8.ToArray();

    public Kernel Kernel(IChatClient client, params object[] plugins) => Kernel(client, HistoryKey, plugins);

    public Kernel Kernel(IChatClient client, byte[]? historyKey, object[] plugins)
    {
        var builder = Microsoft.SemanticKernel.Kernel.CreateBuilder();
        Register(builder, client, historyKey);
        var kernel = builder.Build();
        foreach (var plugin in plugins)
        {
            kernel.Plugins.AddFromObject(plugin, plugin.GetType().Name);
        }

        return kernel;
    }

    public abstract IChatCompletionService Chat(Kernel kernel);

    public abstract PromptExecutionSettings Settings(FunctionChoiceBehavior? behavior = null, params (string Name, object Value)[] values);

    protected abstract void Register(IKernelBuilder builder, IChatClient client, byte[]? historyKey);

    private sealed class PackageIntegration : Integration
    {
        public override string Name => "package";

        public override IChatCompletionService Chat(Kernel kernel) => kernel.GetRequiredService<IChatCompletionService>();

        public override PromptExecutionSettings Settings(FunctionChoiceBehavior? behavior = null, params (string Name, object Value)[] values) =>
            new GrokPromptExecutionSettings { FunctionChoiceBehavior = behavior, ExtensionData = values.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal) };

        protected override void Register(IKernelBuilder builder, IChatClient client, byte[]? historyKey)
        {
            builder.Services.Configure<HistoryTrackingOptions>(o => o.HistoryKey = historyKey);
            builder.AddGrokChatCompletion(client, "grok-4.7");
        }
    }

    /// <summary>The integration with the core only: the kernel's function invocation around a history tracking client.</summary>
    private sealed class CoreIntegration : Integration
    {
        public override string Name => "core";

        public override IChatCompletionService Chat(Kernel kernel) => kernel.GetRequiredService<IChatClient>().AsChatCompletionService();

        public override PromptExecutionSettings Settings(FunctionChoiceBehavior? behavior = null, params (string Name, object Value)[] values) =>
            new() { FunctionChoiceBehavior = behavior, ExtensionData = values.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal) };

        protected override void Register(IKernelBuilder builder, IChatClient client, byte[]? historyKey) =>
            builder.Services.AddSingleton(services => client.AsHistoryTrackingClient(new() { HistoryKey = historyKey }).AsBuilder().UseKernelFunctionInvocation().Build(services));
    }
}
