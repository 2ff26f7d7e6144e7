using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Tests.Support;

/// <summary>Records log lines.</summary>
internal sealed class ListLogger : ILoggerFactory, ILogger
{
    public List<string> Lines { get; } = [];

    /// <summary>The categories of the created loggers.</summary>
    public List<string> Categories { get; } = [];

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName)
    {
        Categories.Add(categoryName);
        return this;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception) + exception);

    public void Dispose()
    {
    }
}
