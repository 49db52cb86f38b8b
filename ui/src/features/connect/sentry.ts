import type { Locate } from "./addresses";
import type { Recipe } from "./recipes";

/** Sentry's SDKs. The DSN stands on the project's page. */
export const sentry = (at: Locate): Recipe[] => {
  const { host } = at("sentry");
  const dsn = `http://<public-key>@${host(9000)}/<project-id>`;
  return [
    {
      title: "sentryNode",
      text: "sentryNodeText",
      effort: "little",
      blocks: [
        { label: "shell", code: "npm install @sentry/nestjs" },
        {
          label: "src/instrument.ts",
          code: `import * as Sentry from "@sentry/nestjs";

Sentry.init({
  dsn: "${dsn}",
  environment: "development",
  // Only beside a tracing.ts of your own:
  // skipOpenTelemetrySetup: true,
});`,
        },
        {
          label: "src/main.ts",
          code: `import "./instrument";
import { NestFactory } from "@nestjs/core";`,
        },
        {
          label: "src/app.module.ts",
          code: `import { Module } from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { SentryGlobalFilter, SentryModule } from "@sentry/nestjs/setup";

@Module({
  imports: [SentryModule.forRoot()],
  providers: [{ provide: APP_FILTER, useClass: SentryGlobalFilter }],
})
export class AppModule {}`,
        },
      ],
    },
    {
      title: "sentryFlutter",
      text: "sentryFlutterText",
      effort: "little",
      blocks: [
        { label: "shell", code: "flutter pub add sentry_flutter" },
        {
          label: "lib/main.dart",
          code: `import 'package:flutter/widgets.dart';
import 'package:sentry_flutter/sentry_flutter.dart';

Future<void> main() async {
  await SentryFlutter.init(
    (options) {
      options.dsn = '${dsn}';
      options.environment = 'development';
    },
    appRunner: () => runApp(SentryWidget(child: const WalletApp())),
  );
}`,
        },
        {
          label: "android/app/src/debug/AndroidManifest.xml",
          code: `<manifest xmlns:android="http://schemas.android.com/apk/res/android">
  <uses-permission android:name="android.permission.INTERNET" />
  <application android:usesCleartextTraffic="true" />
</manifest>`,
        },
        { label: "shell", code: `adb reverse tcp:${portOf(host(9000))} tcp:${portOf(host(9000))}` },
      ],
    },
    {
      title: "sentryNative",
      text: "sentryNativeText",
      effort: "little",
      blocks: [
        {
          label: "main.c",
          code: `#include <sentry.h>

int main(void) {
  sentry_options_t *options = sentry_options_new();
  sentry_options_set_dsn(options, "${dsn}");
  sentry_options_set_release(options, "mpc-signer@1.4.2");
  sentry_options_set_database_path(options, ".sentry-native");
  sentry_init(options);

  /* ... */

  sentry_close();
}`,
        },
        {
          label: "shell",
          code: `export SENTRY_URL=http://${host(9000)} SENTRY_AUTH_TOKEN='<token>'
sentry-cli debug-files upload --org sentry --project mpc-signer build/`,
        },
      ],
    },
  ];
};

const portOf = (address: string): string => address.slice(address.lastIndexOf(":") + 1);
