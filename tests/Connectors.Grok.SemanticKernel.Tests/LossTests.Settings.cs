using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

public sealed partial class LossTests
{
    private const string Format = """{"type":"json_schema","json_schema":{"name":"Place","schema":{"type":"object","properties":{"City":{"type":"string"}},"required":["City"]}}}""";

    private async Task<string> FormatTypeAsync(Way way)
    {
        PromptExecutionSettings settings = way == Way.Adapter
            ? new GrokPromptExecutionSettings { ResponseFormat = typeof(Place) }
            : way.Settings(values: ("response_format", typeof(Place)));
        await way.Kernel(Client()).InvokePromptAsync("I live in Oslo.", new(settings));
        return Told(FormatSent() is { } format && format.Contains("\"city\"", StringComparison.OrdinalIgnoreCase));
    }

    private async Task<string> FormatFileAsync(Way way)
    {
        var file = """{"name":"Where","template":"I live in Oslo.","execution_settings":{"default":{"response_format":FORMAT}}}""".Replace("FORMAT", Format, StringComparison.Ordinal);
        await way.Kernel(Client()).InvokeAsync(KernelFunctionFactory.CreateFromPrompt(PromptTemplateConfig.FromJson(file)));
        return Told(FormatSent() is { } format && format.Contains("\"name\":\"Place\"", StringComparison.Ordinal) && !format.Contains("\"json_schema\":", StringComparison.Ordinal));
    }

    private async Task<string> EffortAsync(Way way)
    {
        await way.Kernel(Client()).InvokePromptAsync("Hello.", new(Of("grok-4.3", way.Settings(values: ("reasoning_effort", "none")))));
        return Told(Requests[^1].Body.Contains("\"effort\":\"none\"", StringComparison.Ordinal));
    }

    private Task<string> ServiceAsync(Way way)
    {
        var kernel = way.Kernel(Client());
        return Task.FromResult(Told(kernel.GetAllServices<IChatCompletionService>().Any()));
    }

    private async Task<string> FailureAsync(Way way)
    {
        Emulator.Faults.Enqueue(Fault.QuotaExceeded());
        var failure = await Record.ExceptionAsync(() => way.Kernel(Client()).InvokePromptAsync("Hello."));
        return Told(failure is HttpOperationException);
    }

    private async Task<string> UnknownToolAsync(Way way)
    {
        var file = """{"name":"Search","template":"Search.","execution_settings":{"default":{"tools":[{"type":"web_serch"}]}}}""";
        var failure = await Record.ExceptionAsync(() => way.Kernel(Client()).InvokeAsync(KernelFunctionFactory.CreateFromPrompt(PromptTemplateConfig.FromJson(file))));
        return Told(failure is KernelException && Requests.Count == 0);
    }

    private async Task<string> StrangerAsync(Way way)
    {
        var failure = await Record.ExceptionAsync(() => way.Kernel(Client()).InvokePromptAsync("Hello.", new(new StrangerSettings())));
        return Told(failure is KernelException);
    }

    private static PromptExecutionSettings Of(string model, PromptExecutionSettings settings)
    {
        settings.ModelId = model;
        return settings;
    }

    private string? FormatSent() => Wire.Member(Requests[^1], "text") is { } text && text.TryGetProperty("format", out var format) ? format.GetRawText() : null;

    internal sealed record Place(string City);
}
