using Connectors.Grok.Conversations;
using Connectors.Grok.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>A way into Semantic Kernel: with our adapter, or with nothing but the core.</summary>
public abstract class Way
{
    public static Way Adapter { get; } = new AdapterWay();

    public static Way Plain { get; } = new PlainWay();

    public static Way Of(string name) => name == Adapter.Name ? Adapter : Plain;

    public abstract string Name { get; }

    public Kernel Kernel(IChatClient client, params object[] plugins)
    {
        var builder = Microsoft.SemanticKernel.Kernel.CreateBuilder();
        Register(builder, client);
        var kernel = builder.Build();
        foreach (var plugin in plugins)
        {
            kernel.Plugins.AddFromObject(plugin, plugin.GetType().Name);
        }

        return kernel;
    }

    public abstract IChatCompletionService Chat(Kernel kernel);

    public abstract PromptExecutionSettings Settings(FunctionChoiceBehavior? behavior = null, params (string Name, object Value)[] values);

    protected abstract void Register(IKernelBuilder builder, IChatClient client);

    private sealed class AdapterWay : Way
    {
        public override string Name => "adapter";

        public override IChatCompletionService Chat(Kernel kernel) => kernel.GetRequiredService<IChatCompletionService>();

        public override PromptExecutionSettings Settings(FunctionChoiceBehavior? behavior = null, params (string Name, object Value)[] values) =>
            new GrokPromptExecutionSettings { FunctionChoiceBehavior = behavior, ExtensionData = values.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal) };

        protected override void Register(IKernelBuilder builder, IChatClient client) => builder.AddGrokChatCompletion(client, "grok-4.7");
    }

    /// <summary>What an application writes that has only the core: the client, wrapped, and the kernel's own function invocation around it.</summary>
    private sealed class PlainWay : Way
    {
        public override string Name => "plain";

        public override IChatCompletionService Chat(Kernel kernel) => kernel.GetRequiredService<IChatClient>().AsChatCompletionService();

        public override PromptExecutionSettings Settings(FunctionChoiceBehavior? behavior = null, params (string Name, object Value)[] values) =>
            new() { FunctionChoiceBehavior = behavior, ExtensionData = values.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal) };

        protected override void Register(IKernelBuilder builder, IChatClient client) =>
            builder.Services.AddSingleton(services => client.AsHistoryTrackingClient().AsBuilder().UseKernelFunctionInvocation().Build(services));
    }
}
