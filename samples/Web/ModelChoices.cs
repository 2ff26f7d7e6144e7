using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Web;

/// <summary>The language models of the service, with the reasoning efforts that it lists for each. Read once an hour; empty while the service cannot be reached.</summary>
internal sealed class ModelChoices(IChatClient client, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1), RetryAfter = TimeSpan.FromSeconds(30), Wait = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _reading = new(1);
    private IReadOnlyList<ModelChoice> _models = [];
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    /// <summary>The models; those that were read last when the service does not answer.</summary>
    public async Task<IReadOnlyList<ModelChoice>> GetAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < _until || client.GetService<GrokResponsesClient>() is not { } responses || !await _reading.WaitAsync(Wait, cancellationToken))
        {
            return _models;
        }

        try
        {
            if (clock.GetUtcNow() >= _until)
            {
                _until = clock.GetUtcNow() + RetryAfter;
                using var time = new CancellationTokenSource(Wait, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
                var listed = await responses.ListModelsAsync(either.Token);
                _models = [.. listed.Where(static m => m.Id is not null && m.CompletionTextTokenPrice is not null).Select(m => new ModelChoice(m.Id!, responses.GetModelProfile(m.Id!).ReasoningEfforts ?? []))];
                _until = clock.GetUtcNow() + Fresh;
            }
        }
        catch (Exception e) when (e is GrokException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The page works without a choice.
        }
        finally
        {
            _reading.Release();
        }

        return _models;
    }

    /// <summary>Checks what a message asks for.</summary>
    /// <exception cref="ProblemException">The service does not list the model, or the effort for it.</exception>
    public async Task CheckAsync(string? model, string? effort, CancellationToken cancellationToken)
    {
        if (model is null && effort is null)
        {
            return;
        }

        var models = await GetAsync(cancellationToken);
        var name = model ?? client.GetService<ChatClientMetadata>()?.DefaultModelId;
        var choice = models.FirstOrDefault(m => m.Id == name);
        if (choice is null && model is not null)
        {
            throw new ProblemException(Problems.BadRequest("unknown-model", "The model cannot be chosen.", "Choose one of the list."));
        }

        if (effort is not null && choice?.Efforts.Contains(effort) != true)
        {
            throw new ProblemException(Problems.BadRequest("unknown-effort", "The reasoning effort cannot be chosen for this model.", "Choose one of the list."));
        }
    }

    public void Dispose() => _reading.Dispose();
}
