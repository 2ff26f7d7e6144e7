using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Connectors.Grok.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>Registrations without key and address, which come from <c>XAI_API_KEY</c> and <c>XAI_BASE_URL</c>. Other tests that read or set these variables are in the same collection.</summary>
[Collection("environment")]
public sealed class EnvironmentTests
{
    private const string Key = "xai-from-the-environment";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Registrations without a key. They also show that no overload is ambiguous, because they compile.</summary>
    public static TheoryData<string, Action<IKernelBuilder>> Registrations => new()
    {
        { "model", static b => b.AddGrokChatCompletion("grok-4.7") },
        { "model and null", static b => b.AddGrokChatCompletion("grok-4.7", null) },
        { "model and a named null", static b => b.AddGrokChatCompletion("grok-4.7", apiKey: null) },
        { "services, model", static b => b.Services.AddGrokChatCompletion("grok-4.7") },
        { "services, model and null", static b => b.Services.AddGrokChatCompletion("grok-4.7", null) },
        { "keyed client and null", static b => b.Services.AddKeyedGrokChatClient("fast", null).ForSemanticKernel().AddChatCompletionService() },
    };

    [Theory]
    [MemberData(nameof(Registrations), DisableDiscoveryEnumeration = true)]
    public async Task Registration_without_a_key_reads_it_from_the_environment(string registration, Action<IKernelBuilder> register)
    {
        await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { ApiKey = Key }, Now);
        var (key, address) = (Environment.GetEnvironmentVariable("XAI_API_KEY"), Environment.GetEnvironmentVariable("XAI_BASE_URL"));
        Environment.SetEnvironmentVariable("XAI_API_KEY", Key);
        Environment.SetEnvironmentVariable("XAI_BASE_URL", emulator.BaseAddress.AbsoluteUri);
        try
        {
            var builder = Kernel.CreateBuilder();
            register(builder);
            var chat = builder.Build().GetAllServices<IChatCompletionService>().Single();
            Assert.Contains("303", (await chat.GetChatMessageContentAsync("What is 101*3?", cancellationToken: Now)).Content, StringComparison.Ordinal);
            Assert.Equal("grok-4.7", emulator.Requests.Single().Model);
            Assert.NotEmpty(registration);
        }
        finally
        {
            Environment.SetEnvironmentVariable("XAI_API_KEY", key);
            Environment.SetEnvironmentVariable("XAI_BASE_URL", address);
        }
    }

    /// <summary>The program of docs/getting-started.md.</summary>
    [Fact]
    public async Task Program_of_the_getting_started_page_prints_an_answer()
    {
        Assert.Contains(Assert.Single(CodeBlocks.OfSource(Repository.PathTo("tests/Connectors.Grok.SemanticKernel.Tests/EnvironmentTests.cs"))), CodeBlocks.OfPage(Repository.PathTo("docs/getting-started.md"), "cs"));
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        var (address, console, output) = (Environment.GetEnvironmentVariable("XAI_BASE_URL"), Console.Out, new StringWriter());
        Environment.SetEnvironmentVariable("XAI_BASE_URL", emulator.BaseAddress.AbsoluteUri);
        Console.SetOut(output);
        try
        {
            #region kernel
            var kernel = Kernel.CreateBuilder().AddGrokChatCompletion("grok-4.7").Build();
            Console.WriteLine(await kernel.InvokePromptAsync("What is 101*3?"));
            #endregion
        }
        finally
        {
            Console.SetOut(console);
            Environment.SetEnvironmentVariable("XAI_BASE_URL", address);
        }

        Assert.Equal("grok-4.7", emulator.Requests.Single().Model);
        Assert.Contains("303", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_key_throws_kernel_exception_that_names_the_environment_variable()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("XAI_API_KEY") is { Length: > 0 }, "A key is set on this machine.");
        var kernel = Kernel.CreateBuilder().AddGrokChatCompletion("grok-4.7", null, new Uri("https://grok.example/v1"), "fast").Build();
        var failure = Assert.Throws<KernelException>(() => kernel.GetRequiredService<IChatCompletionService>("fast"));
        Assert.Contains("XAI_API_KEY", failure.Message, StringComparison.Ordinal);
    }
}
