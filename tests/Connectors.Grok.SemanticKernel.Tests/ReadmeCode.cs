using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>Every C# block of the package's README, run against an emulator that the environment points to.</summary>
[Collection("environment")]
public class ReadmeCode
{
    [Fact]
    public void Code_of_the_README_equals_the_compiled_code() =>
        Assert.Empty(CodeBlocks.Differences("src/Connectors.Grok.SemanticKernel/README.md", "tests/Connectors.Grok.SemanticKernel.Tests/ReadmeCode.cs"));

    [Fact]
    public async Task Code_of_the_README_answers_with_the_plugin()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var address = Environment.GetEnvironmentVariable("XAI_BASE_URL");
        Environment.SetEnvironmentVariable("XAI_BASE_URL", emulator.BaseAddress.AbsoluteUri);
        var (console, output) = (Console.Out, new StringWriter());
        Console.SetOut(output);
        try
        {
            await AskAsync();
            await using var services = CoreOnly().BuildServiceProvider();
            Assert.Contains("303", (await services.GetRequiredService<Kernel>().InvokePromptAsync("What is 101*3?")).ToString(), StringComparison.Ordinal);
            Assert.Contains("303", (await WithTelemetry().Build().InvokePromptAsync("What is 101*3?")).ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Console.SetOut(console);
            Environment.SetEnvironmentVariable("XAI_BASE_URL", address);
        }

        Assert.Contains("Rain in Oslo", output.ToString(), StringComparison.Ordinal);
    }

    private static async Task AskAsync()
    {
        #region ask
        var kernel = Kernel.CreateBuilder()
            .AddGrokChatCompletion("grok-4.7")                      // the key comes from XAI_API_KEY
            .Build();
        kernel.Plugins.AddFromType<WeatherPlugin>();

        var settings = new GrokPromptExecutionSettings
        {
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(),
            Tools = [new HostedWebSearchTool()],                    // server-side tools, in addition to the kernel's functions
            ReasoningEffort = "high",
        };
        Console.WriteLine(await kernel.InvokePromptAsync("What is the weather in Oslo?", new(settings)));
        #endregion
    }

    private static IKernelBuilder WithTelemetry()
    {
        #region telemetry
        var builder = Kernel.CreateBuilder();
        builder.AddGrokChatCompletion("grok-4.7", openTelemetrySourceName: "chat", openTelemetryConfig: telemetry => telemetry.EnableSensitiveData = true);
        #endregion
        return builder;
    }

    private static IServiceCollection CoreOnly()
    {
        #region core
        var services = new ServiceCollection().AddKernel().Services;
        services.AddSingleton<IChatClient>(provider => new GrokChatClient("grok-4.7").AsHistoryTrackingClient().AsBuilder()
            .UseKernelFunctionInvocation()
            .UseOpenTelemetry()
            .Build(provider));
        #endregion
        return services;
    }

    private sealed class WeatherPlugin
    {
        [KernelFunction("get_weather")]
        public static string Get(string city) => $"Rain in {city}";
    }
}
