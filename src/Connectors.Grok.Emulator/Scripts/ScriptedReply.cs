using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>A reply of a script: built when it was added, or computed from the request that it answers.</summary>
internal sealed class ScriptedReply
{
    private readonly Func<RecordedRequest, CancellationToken, ValueTask<ReplyBuilder>> _build;

    private ScriptedReply(Func<RecordedRequest, CancellationToken, ValueTask<ReplyBuilder>> build) => _build = build;

    /// <summary>Creates a reply that is built at once.</summary>
    public static ScriptedReply From(Action<ReplyBuilder> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var built = new ReplyBuilder();
        reply(built);
        return new ScriptedReply((_, _) => new(built));
    }

    /// <summary>Creates a reply that is computed for each request that it answers.</summary>
    public static ScriptedReply From(Action<RecordedRequest, ReplyBuilder> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return From((request, builder, _) =>
        {
            reply(request, builder);
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc cref="From(Action{RecordedRequest, ReplyBuilder})"/>
    public static ScriptedReply From(Func<RecordedRequest, ReplyBuilder, CancellationToken, Task> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return new ScriptedReply(async (request, cancellationToken) =>
        {
            var builder = new ReplyBuilder();
            try
            {
                await reply(request, builder, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The response names the script, so that nobody searches for the error in their own client.
                throw new ApiException(StatusCodes.Status500InternalServerError, "emulator-script", $"The delegate that computes this reply threw {exception.GetType().Name}: {exception.Message}");
            }

            return builder;
        });
    }

    /// <summary>Returns the reply for a request.</summary>
    /// <exception cref="ApiException">The delegate that computes the reply threw an exception.</exception>
    public ValueTask<ReplyBuilder> BuildAsync(RecordedRequest request, CancellationToken cancellationToken) => _build(request, cancellationToken);
}
