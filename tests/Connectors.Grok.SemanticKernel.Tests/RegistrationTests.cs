using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>All registration methods, with and without a service id.</summary>
public sealed class RegistrationTests : KernelTest
{
    public static TheoryData<string, string?> Registrations
    {
        get
        {
            var all = new TheoryData<string, string?>();
            foreach (var id in (string?[])[null, "grok"])
            {
                foreach (var kind in (string[])["key", "http", "client", "options", "services key", "services client", "services options", "builder"])
                {
                    all.Add(kind, id);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task Registered_chat_completion_service_answers(string kind, string? id)
    {
        using var http = new HttpClient(Emulator.CreateHandler());
        var builder = Kernel.CreateBuilder();
        Register(builder, kind, id, http);
        var kernel = builder.Build();
        var service = kernel.GetRequiredService<IChatCompletionService>(id);
        Assert.IsType<GrokChatCompletionService>(service);
        Assert.NotNull(kernel.GetRequiredService<IChatClient>(id).GetService<GrokChatClient>());
        Assert.Equal(kind is "client" or "services client" ? "grok-4.3" : "grok-4.7", service.GetModelId());
        Assert.Equal("x_ai", service.Attributes["ProviderName"]);
        Assert.NotNull(service.GetEndpoint());
        var settings = new PromptExecutionSettings { ServiceId = id };
        Assert.Contains("303", (await kernel.InvokePromptAsync("What is 101*3?", new(settings))).ToString(), StringComparison.Ordinal);
        Requests[0].ShouldUseModel("grok-4.7");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("grok")]
    public async Task Registered_client_without_a_service_invokes_functions(string? id)
    {
        var weather = new My_Weather();
        var builder = Kernel.CreateBuilder();
        builder.Services.AddKeyedGrokChatClient(id, Set).ForSemanticKernel();
        builder.Plugins.AddFromObject(weather);
        var kernel = builder.Build();
        Assert.Empty(kernel.GetAllServices<IChatCompletionService>());
        var settings = new GrokPromptExecutionSettings { ServiceId = id, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), Tools = [new HostedWebSearchTool()], Store = true };
        var result = await kernel.InvokePromptAsync<ChatResponse>("What is the weather in Oslo?", new(settings));
        Assert.Contains("Rain in Oslo", result!.Text, StringComparison.Ordinal);
        Assert.Null(result.ConversationId);
        Assert.Equal(["My_Weather_get_weather", "web_search"], Wire.GetTools(Requests[0]));
        Requests[1].ShouldSend("function_call_output");
    }

    [Fact]
    public async Task Client_of_another_provider_is_not_used_by_the_service()
    {
        var builder = Kernel.CreateBuilder();
        builder.AddGrokChatCompletion("grok-4.7", "xai-test", Emulator.BaseAddress);
        builder.Services.AddSingleton<IChatClient>(new OtherProviderClient());
        var chat = builder.Build().GetRequiredService<IChatCompletionService>();
        Assert.Contains("303", (await chat.GetChatMessageContentAsync("What is 101*3?")).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kernel_of_a_service_collection_uses_the_registered_service()
    {
        var services = new ServiceCollection();
        services.AddGrokChatClient(Set).ForSemanticKernel().AddChatCompletionService();
        services.AddKernel();
        await using var provider = services.BuildServiceProvider();
        Assert.Contains("303", (await provider.GetRequiredService<Kernel>().InvokePromptAsync("What is 101*3?")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Repeated_registration_adds_one_function_invocation_layer()
    {
        var services = new ServiceCollection();
        services.AddGrokChatCompletion(Set);
        services.AddGrokChatCompletion(Set);
        using var provider = services.BuildServiceProvider();
        var pipeline = provider.GetRequiredService<IChatClient>();
        var outermost = pipeline.GetService<FunctionInvokingChatClient>();
        Assert.Same(pipeline, outermost);
        Assert.Null(pipeline.GetService<ChatClientMetadata>() is null ? pipeline : null);
    }

    [Fact]
    public async Task Client_registered_without_a_model_requests_its_own_model()
    {
        var kernel = Kernel.CreateBuilder().AddGrokChatCompletion(CreateOlderClient()).Build();
        await kernel.InvokePromptAsync("What is 101*3?");
        Requests[0].ShouldUseModel("grok-4.3");
    }

    [Fact]
    public void Registration_methods_reject_invalid_arguments()
    {
        var builder = Kernel.CreateBuilder();
        Assert.Throws<ArgumentNullException>("builder", () => ((IKernelBuilder)null!).AddGrokChatCompletion("grok-4.7"));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddGrokChatCompletion("grok-4.7"));
        Assert.Throws<ArgumentException>("modelId", () => builder.AddGrokChatCompletion(" "));
        Assert.Throws<ArgumentNullException>("client", () => builder.AddGrokChatCompletion((IChatClient)null!));
        Assert.Throws<ArgumentNullException>("configure", () => builder.AddGrokChatCompletion((Action<GrokChatClientOptions>)null!));
    }

    [Fact]
    public void Service_key_that_is_not_a_string_is_rejected()
    {
        var builder = new ServiceCollection().AddKeyedGrokChatClient(7, Set);
        Assert.Throws<ArgumentException>(() => builder.AddChatCompletionService());
    }

    private void Register(IKernelBuilder builder, string kind, string? id, HttpClient http)
    {
        switch (kind)
        {
            case "key":
                builder.AddGrokChatCompletion("grok-4.7", "xai-test", Emulator.BaseAddress, id);
                break;
            case "http":
                builder.AddGrokChatCompletion("grok-4.7", "xai-test", new Uri("http://localhost/v1"), id, http);
                break;
            case "client":
                builder.AddGrokChatCompletion(CreateOlderClient(), "grok-4.7", id);
                break;
            case "options":
                builder.AddGrokChatCompletion(Set, id);
                break;
            case "services key":
                builder.Services.AddGrokChatCompletion("grok-4.7", "xai-test", Emulator.BaseAddress, id);
                break;
            case "services client":
                builder.Services.AddGrokChatCompletion(CreateOlderClient(), "grok-4.7", id);
                break;
            case "services options":
                builder.Services.AddGrokChatCompletion(Set, id);
                break;
            default:
                builder.Services.AddKeyedGrokChatClient(id, Set).ForSemanticKernel().AddChatCompletionService();
                break;
        }
    }

    /// <summary>Creates a client with another default model.</summary>
    private GrokChatClient CreateOlderClient() => new(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Emulator.BaseAddress, Model = "grok-4.3" });

    private void Set(GrokChatClientOptions options) => (options.Model, options.ApiKey, options.Endpoint) = ("grok-4.7", "xai-test", Emulator.BaseAddress);
}
