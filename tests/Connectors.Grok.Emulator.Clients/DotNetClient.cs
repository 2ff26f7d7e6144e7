using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Connectors.Grok.Emulator.Clients.Support;
using OpenAI.Responses;

namespace Connectors.Grok.Emulator.Clients;

/// <summary>The checks of the matrix, with the Responses client of the OpenAI package for .NET.</summary>
internal sealed partial class DotNetClient(Uri endpoint, string key)
{
    public const string Name = "OpenAI";
    private const string Model = "grok-4.6";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<CheckResult>> RunAsync()
    {
        var results = new List<CheckResult>();
        foreach (var (name, check) in Conversations().Concat(Faults()))
        {
            try
            {
                await check().WaitAsync(Timeout);
                results.Add(new CheckResult(Name, name, Ok: true, ""));
            }
            catch (Exception failure)
            {
                results.Add(new CheckResult(Name, name, Ok: false, failure.Message.Split('\n')[0]));
            }
        }

        return results;
    }

    private ResponsesClient Client(string? fault = null, string? otherKey = null, int retries = 0)
    {
        var options = new ResponsesClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(retries) };
        if (fault is not null)
        {
            options.AddPolicy(new FaultHeader(fault), PipelinePosition.PerCall);
        }

        return new ResponsesClient(new ApiKeyCredential(otherKey ?? key), options);
    }

    private async Task<ResponseResult> SayAsync(string text, string? previous = null, Action<CreateResponseOptions>? more = null) =>
        await CreateAsync(Options(text, previous, more));

    private async Task<ResponseResult> CreateAsync(CreateResponseOptions options) => (await Client().CreateResponseAsync(options)).Value;

    private static CreateResponseOptions Options(string text, string? previous = null, Action<CreateResponseOptions>? more = null)
    {
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem(text)]) { PreviousResponseId = previous };
        more?.Invoke(options);
        return options;
    }

    private static async Task<List<StreamingResponseUpdate>> StreamAsync(ResponsesClient client, CreateResponseOptions options)
    {
        options.StreamingEnabled = true;
        var updates = new List<StreamingResponseUpdate>();
        await foreach (var update in await client.CreateResponseStreamingAsync(options))
        {
            updates.Add(update);
        }

        return updates;
    }

    private static async Task<ClientResultException> FailsAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (ClientResultException error)
        {
            return error;
        }

        throw new InvalidOperationException("no error is raised");
    }

    private static void Must(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    private sealed class FaultHeader(string fault) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set("x-emulator-fault", fault);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set("x-emulator-fault", fault);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
