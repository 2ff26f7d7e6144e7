using Connectors.Grok.Emulator.Http;

namespace Connectors.Grok.Emulator;

/// <summary>Checks the values of options.</summary>
internal static class OptionsCheck
{
    /// <summary>Throws an <see cref="ArgumentException"/> for the first option with an invalid value.</summary>
    public static void Check(GrokEmulatorOptions options, string parameter)
    {
        Require(options.SealingKey.Length is 0 or 32, $"SealingKey has {options.SealingKey.Length} bytes; it must have 32, or be empty for a random key.");
        Require(options.CachedTokenStep >= 1, $"CachedTokenStep is {options.CachedTokenStep}; it must be at least 1.");
        Require(options.CacheServers >= 1, $"CacheServers is {options.CacheServers}; it must be at least 1.");
        Require(options.ContextLength is null or >= 1, $"ContextLength is {options.ContextLength}; it must be at least 1, or null for the window of each model.");
        Require(options.LongContextThreshold is null or >= 0, $"LongContextThreshold is {options.LongContextThreshold}; it must be at least 0, or null for that of each model.");
        Require(options.MaxRequestsPerSecond is null or >= 1, $"MaxRequestsPerSecond is {options.MaxRequestsPerSecond}; it must be at least 1, or null.");
        Require(options.AllowRemote || Listener.IsLoopback(options.Host), $"The host '{options.Host}' is not a loopback address. Set AllowRemote to listen on it.");
        Require(options.TokenLifetime is null || options.TokenLifetime > TimeSpan.Zero, $"TokenLifetime is {options.TokenLifetime}; it must be positive, or null.");
        Require(options.MaxRecordedBytes >= 1, $"MaxRecordedBytes is {options.MaxRecordedBytes}; it must be at least 1.");
        Require(options.MaxStoredBytes >= 1, $"MaxStoredBytes is {options.MaxStoredBytes}; it must be at least 1.");
        Require(options.MaxRequestBytes >= BodyReader.UnacceptedBytes, $"MaxRequestBytes is {options.MaxRequestBytes}; it must be at least {BodyReader.UnacceptedBytes}.");

        void Require(bool isValid, string problem)
        {
            if (!isValid)
            {
                throw new ArgumentException(problem, parameter);
            }
        }
    }
}
