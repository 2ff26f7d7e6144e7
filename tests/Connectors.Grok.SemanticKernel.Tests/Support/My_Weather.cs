using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>A plugin with underscores in its names.</summary>
internal sealed class My_Weather
{
    public List<string> Cities { get; } = [];

    [KernelFunction("get_weather"), Description("The weather in a city.")]
    public string Get(string city)
    {
        Cities.Add(city);
        return $"Rain in {city}";
    }
}
