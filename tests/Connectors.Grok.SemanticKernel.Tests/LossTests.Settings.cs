using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

public sealed partial class LossTests
{
    private const string Format = """{"type":"json_schema","json_schema":{"name":"Place","schema":{"type":"object","properties":{"City":{"type":"string"}},"required":["City"]}}}""";

    private async Task<string> FormatTypeAsync(Integration integration)
    {
        PromptExecutionSettings settings = integration == Integration.Package
            ? new GrokPromptExecutionSettings { ResponseFormat = typeof(Place) }
            : integration.Settings(values: ("response_format", typeof(Place)));
        await integration.Kernel(Client()).InvokePromptAsync("I live in Oslo.", new(settings));
        return ToCell(GetSentFormat() is { } format && format.Contains("\"city\"", StringComparison.OrdinalIgnoreCase));
    }

    private async Task<string> FormatFileAsync(Integration integration)
    {
        var file = """{"name":"Where","template":"I live in Oslo.","execution_settings":{"default":{"response_format":FORMAT}}}""".Replace("FORMAT", Format, StringComparison.Ordinal);
        await integration.Kernel(Client()).InvokeAsync(KernelFunctionFactory.CreateFromPrompt(PromptTemplateConfig.FromJson(file)));
        return ToCell(GetSentFormat() is { } format && format.Contains("\"name\":\"Place\"", StringComparison.Ordinal) && !format.Contains("\"json_schema\":", StringComparison.Ordinal));
    }

    private async Task<string> EffortAsync(Integration integration)
    {
        await integration.Kernel(Client()).InvokePromptAsync("Hello.", new(WithModel("grok-4.3", integration.Settings(values: ("reasoning_effort", "none")))));
        return ToCell(Requests[^1].Body.Contains("\"effort\":\"none\"", StringComparison.Ordinal));
    }

    private Task<string> ServiceAsync(Integration integration)
    {
        var kernel = integration.Kernel(Client());
        return Task.FromResult(ToCell(kernel.GetAllServices<IChatCompletionService>().Any()));
    }

    private async Task<string> FailureAsync(Integration integration)
    {
        Emulator.Faults.Enqueue(Fault.QuotaExceeded());
        var failure = await Record.ExceptionAsync(() => integration.Kernel(Client()).InvokePromptAsync("Hello."));
        return ToCell(failure is HttpOperationException);
    }

    private async Task<string> UnknownToolAsync(Integration integration)
    {
        var file = """{"name":"Search","template":"Search.","execution_settings":{"default":{"tools":[{"type":"web_serch"}]}}}""";
        var failure = await Record.ExceptionAsync(() => integration.Kernel(Client()).InvokeAsync(KernelFunctionFactory.CreateFromPrompt(PromptTemplateConfig.FromJson(file))));
        return ToCell(failure is KernelException && Requests.Count == 0);
    }

    private async Task<string> OtherProviderSettingsAsync(Integration integration)
    {
        var failure = await Record.ExceptionAsync(() => integration.Kernel(Client()).InvokePromptAsync("Hello.", new(new OtherProviderSettings())));
        return ToCell(failure is KernelException);
    }

    private static PromptExecutionSettings WithModel(string model, PromptExecutionSettings settings)
    {
        settings.ModelId = model;
        return settings;
    }

    private string? GetSentFormat() => Wire.Member(Requests[^1], "text") is { } text && text.TryGetProperty("format", out var format) ? format.GetRawText() : null;

    internal sealed record Place(string City);
}
