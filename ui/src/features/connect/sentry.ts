import type { Addresses } from "./addresses";
import type { Recipe } from "./recipes";

/** Sentry's SDKs. The DSN is on the project's page; its host is this machine's. */
export function sentryRecipes(at: Addresses): Recipe[] {
  const dsn = `http://<public-key>@${at.host(9000)}/<project-id>`;
  return [
    {
      title: "sentryNode",
      text: null,
      effort: "little",
      blocks: [
        { label: "shell", code: "npm install @sentry/nestjs" },
        {
          label: "src/instrument.ts",
          code: `import * as Sentry from "@sentry/nestjs";

Sentry.init({
  dsn: "${dsn}",
  environment: "development",
  release: process.env.npm_package_version,
});`,
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
      // The Android emulator reaches this machine as 10.0.2.2.
      options.dsn = '${dsn}';
      options.environment = 'development';
    },
    appRunner: () => runApp(const WalletApp()),
  );
}`,
        },
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

sentry_options_t *options = sentry_options_new();
sentry_options_set_dsn(options, "${dsn}");
sentry_options_set_release(options, "mpc-signer@1.4.2");
sentry_options_set_database_path(options, ".sentry-native");
sentry_init(options);
/* … */
sentry_close();`,
        },
        {
          label: "shell",
          code: `sentry-cli --url http://${at.host(9000)} debug-files upload --project mpc-signer build/`,
        },
      ],
    },
  ];
}
